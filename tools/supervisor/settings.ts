// What a start is told by the environment, parsed once; every wrong value becomes one clear line.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { NodeName } from '@/contract/names';
import { proxyIsUnknown, TrustedProxies } from '@/contract/trusted-proxies';
import { writeDurably } from '../durable-file';
import { chooseServiceUser, findClosedFolder } from '../postgres/service-user';

const minSecretLength = 32;

const Port = z.coerce.number().int().min(1).max(65535);

const problems = {
  CORRAL_PORT: 'is not a port number (1-65535)',
  CORRAL_AGENT_PORT: 'is not a port number (1-65535)',
  CORRAL_URL: 'is not an http:// or https:// address',
  CORRAL_LOCAL_AGENT: 'is neither 0 nor 1',
  CORRAL_DEV: 'is neither 0 nor 1',
  CORRAL_TRUST_PROXY: 'is neither 0 nor 1 nor addresses of proxies with commas between',
  CORRAL_SECRET: `is shorter than ${minSecretLength} characters`,
  DATABASE_URL: 'is not a PostgreSQL address (postgresql://user:password@host:port/database)',
} as const;

const Environment = z.object({
  CORRAL_DATA: z.string().min(1).optional(),
  CORRAL_HOST: z.string().min(1).default('127.0.0.1'),
  CORRAL_PORT: Port.default(4300),
  CORRAL_URL: z.url({ protocol: /^https?$/ }).optional(),
  CORRAL_SECRET: z.string().min(minSecretLength).optional(),
  CORRAL_AGENT_PORT: Port.default(4400),
  CORRAL_LOCAL_AGENT: z.enum(['0', '1']).default('1'),
  CORRAL_DEV: z.enum(['0', '1']).default('0'),
  CORRAL_TRUST_PROXY: TrustedProxies.optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
});

export type Settings = {
  /** The folder of the product: dist/, .next/, prisma/migrations. */
  root: string;
  dataFolder: string;
  host: string;
  port: number;
  url: string;
  configuredSecret: string | undefined;
  agentPort: number;
  isAgentWanted: boolean;
  /** Undefined: the embedded server. */
  databaseUrl: string | undefined;
  /** Pages come from Next's development server. */
  isDevelopment: boolean;
};

export function readSettings(root: string, variables: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const result = Environment.safeParse(given);
  if (!result.success) throw new Error(explain(result.error, given));
  const environment = result.data;
  if (environment.CORRAL_URL?.startsWith('https:') && !environment.CORRAL_TRUST_PROXY)
    throw new Error(proxyIsUnknown);
  return {
    root,
    dataFolder: path.resolve(root, environment.CORRAL_DATA ?? chooseDataFolder(root)),
    host: environment.CORRAL_HOST,
    port: environment.CORRAL_PORT,
    url: (environment.CORRAL_URL ?? defaultUrl(environment.CORRAL_HOST, environment.CORRAL_PORT)).replace(
      /\/$/,
      '',
    ),
    configuredSecret: environment.CORRAL_SECRET,
    agentPort: environment.CORRAL_AGENT_PORT,
    isAgentWanted: environment.CORRAL_LOCAL_AGENT === '1',
    databaseUrl: environment.DATABASE_URL,
    isDevelopment: environment.CORRAL_DEV === '1',
  };
}

/** Values that hold passwords are not repeated. */
function explain(error: z.ZodError, given: Record<string, string | undefined>): string {
  const name = String(error.issues[0]?.path[0]);
  const problem = Object.entries(problems).find(([variable]) => variable === name)?.[1] ?? 'is not usable';
  const isSecret = name === 'DATABASE_URL' || name === 'CORRAL_SECRET';
  return isSecret ? `${name} ${problem}` : `${name} ${problem}: "${given[name]}"`;
}

/**
 * `data` beside the product, unless PostgreSQL's user could not enter it, as under /root: then the system's place for it.
 */
function chooseDataFolder(root: string): string {
  const beside = path.join(root, 'data');
  return findClosedFolder(root, chooseServiceUser(beside)) ? '/var/lib/corral' : beside;
}

function defaultUrl(host: string, port: number): string {
  const isAnyAddress = host === '0.0.0.0' || host === '::';
  const name = isAnyAddress ? os.hostname() : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

/** Where this very machine reaches the web server. */
export function localUrl({ host, port }: Settings): string {
  const isAnyAddress = host === '0.0.0.0' || host === '::';
  return defaultUrl(isAnyAddress ? '127.0.0.1' : host, port);
}

/** Signs sessions and encrypts what is stored encrypted; made at first start and readable by us alone. */
export function readOrCreateSecret({ configuredSecret, dataFolder }: Settings): string {
  if (configuredSecret) return configuredSecret;
  const file = path.join(dataFolder, 'secret');
  if (existsSync(file)) return readSecret(file);
  const secret = randomBytes(32).toString('hex');
  writeDurably(file, `${secret}\n`, 0o600);
  return secret;
}

/** A new one in its place would not decrypt what the old one encrypted, so a broken file is never replaced. */
function readSecret(file: string): string {
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length >= minSecretLength) return secret;
  throw new Error(
    `The secret in ${file} is shorter than ${minSecretLength} characters. Put the right one back, or set CORRAL_SECRET: ` +
      'without it the keys in the database cannot be read',
  );
}

/** This machine's name as a node: its host name, if that is a valid name or can be made one. */
export function localNodeName(hostName = os.hostname()): string {
  const cleaned = hostName
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return NodeName.safeParse(cleaned).success ? cleaned : 'node1';
}
