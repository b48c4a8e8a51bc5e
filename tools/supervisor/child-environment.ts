// What each program is told. The agent gets nothing with which it could reach the database or sign a session.
import { agentHeap, agentNodeOptions } from '@/contract/agent-install';
import type { Settings } from './settings';

export type ChildEnvironments = { controlPlane: NodeJS.ProcessEnv; agent: NodeJS.ProcessEnv };

/** `started`: the environment of the start; default: ours. */
type Connections = { databaseUrl: string; secret: string; started?: NodeJS.ProcessEnv };

/**
 * V8 would let garbage lie while there is memory, and glibc keep what is free. What the product was started with comes later, and wins. Not for
 * development, where pages are compiled in the same process.
 */
const controlPlaneNodeOptions = '--max-semi-space-size=2 --max-old-space-size=448';
const controlPlaneHeap = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '65536',
  MALLOC_TRIM_THRESHOLD_: '65536',
} as const;

const secretVariables = ['DATABASE_URL', 'CORRAL_SECRET'];

export function childEnvironments(
  settings: Settings,
  { databaseUrl, secret, started = process.env }: Connections,
): ChildEnvironments {
  const inherited = withoutNpm(started);
  const common = {
    ...inherited,
    // DBOS lets queries overlap on one connection, of which pg warns at every start.
    NODE_OPTIONS: [inherited.NODE_OPTIONS, '--no-deprecation'].filter(Boolean).join(' '),
    NODE_ENV: 'production',
    CORRAL_DATA: settings.dataFolder,
    CORRAL_HOST: settings.host,
    CORRAL_PORT: String(settings.port),
    CORRAL_URL: settings.url,
    CORRAL_AGENT_PORT: String(settings.agentPort),
  } as const;
  return {
    controlPlane: {
      ...common,
      ...controlPlaneHeap,
      NODE_OPTIONS: settings.isDevelopment
        ? common.NODE_OPTIONS
        : `${controlPlaneNodeOptions} ${common.NODE_OPTIONS}`,
      NODE_ENV: settings.isDevelopment ? 'development' : 'production',
      DATABASE_URL: databaseUrl,
      CORRAL_SECRET: secret,
      NEXT_TELEMETRY_DISABLED: '1',
    },
    agent: {
      ...common,
      ...agentHeap,
      NODE_OPTIONS: `${common.NODE_OPTIONS} ${agentNodeOptions}`,
      ...Object.fromEntries(secretVariables.map((name) => [name, undefined])),
    },
  };
}

/** What npm tells its scripts would only confuse programs that run npm or Node themselves. */
function withoutNpm(variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(variables).filter(([name]) => !name.startsWith('npm_'));
  return { ...Object.fromEntries(kept), NODE_ENV: 'production' };
}
