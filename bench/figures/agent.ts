// The agent of the local node: how long it takes from its start to serving, and what it keeps in memory. Its starts are those of copies with
// its identity and its settings; its memory is that of the running one, which the control plane watches.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { nodesOnline, type Bed } from '../bed';
import type { Figure } from '../figure';
import { median, ms } from '../stats';

const starts = 9;
const idleMs = 10_000;
/** After it serves, an agent looks for newer packages of the tiny OS: not to be a burden on the next start. */
const settleMs = 2_000;
const goal = { startMs: 300, memoryMB: 80 } as const;

export const agent: Figure = {
  name: 'agent',
  measure: async ({ bed }) => {
    const after = await memoryMB(await pidOf(bed));
    await startAgain(bed);
    const fresh = await memoryMB(await pidOf(bed));
    // Not to wait for anything: what is measured is what is left after this time.
    await rest(idleMs);
    const idle = await memoryMB(await pidOf(bed));
    const took = await measureStarts(bed);
    const started = median(took);
    return [
      {
        what: `agent: spawn -> serves (${starts} starts)`,
        goal: `<= ${goal.startMs} ms`,
        measured: `p50 ${ms(started)}, slowest ${ms(Math.max(...took))}`,
        reached: started <= goal.startMs,
      },
      {
        what: 'agent: memory (RSS) after its start / 10 s later / after all benchmarks',
        goal: `<= ${goal.memoryMB} MB`,
        measured: [fresh, idle, after].map((one) => one.toFixed(0)).join(' / ') + ' MB',
        reached: Math.max(fresh, idle, after) <= goal.memoryMB,
      },
    ];
  },
};

async function pidOf({ product }: Bed): Promise<number> {
  const [pid] = await product.pidsOf('agent');
  if (pid) return pid;
  throw new Error('The agent does not run');
}

async function memoryMB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024) / 1e6;
}

/** The supervisor starts a new one, and the control plane finds it again. */
async function startAgain(bed: Bed): Promise<void> {
  const old = await pidOf(bed);
  process.kill(old, 'SIGTERM');
  await bed.live.until(async () => {
    const [pid] = await bed.product.pidsOf('agent');
    return pid !== undefined && pid !== old;
  });
  await nodesOnline(bed, 1, bed.clusterId);
}

async function measureStarts(bed: Bed): Promise<number[]> {
  const pid = await pidOf(bed);
  const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
  const variables = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').slice(0, -1);
  const env = Object.fromEntries(
    variables.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  const dataDir = await mkdtemp(join(tmpdir(), 'corral-agent-'));
  // Without the running agent's lock and its machines.
  await cp(join(bed.product.dataDir, 'agent'), dataDir, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !/\/(kvm|agent\.pid)$/.test(path),
  });
  const took: number[] = [];
  for (let n = 0; n <= starts; n++) took.push(await startOnce(copyOf(argv, dataDir), env));
  await rm(dataDir, { recursive: true, force: true });
  return took.slice(1);
}

function copyOf(argv: string[], dataDir: string): string[] {
  const own = [...argv];
  own[own.indexOf('--data') + 1] = dataDir;
  own[own.indexOf('--listen') + 1] = '127.0.0.1:0';
  return own;
}

/** Until it says over IPC that it serves. */
async function startOnce(
  [program = '', ...args]: string[],
  variables: Record<string, string>,
): Promise<number> {
  const { NODE_CHANNEL_FD: _, ...env } = variables;
  const before = performance.now();
  const child = spawn(program, args, {
    env: { ...env, NODE_ENV: 'production' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error('The agent ended before it served'))),
  ]);
  const took = performance.now() - before;
  await rest(settleMs);
  child.kill('SIGTERM');
  await ended;
  return took;
}
