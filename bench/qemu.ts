// The QEMU of a real instance as it stands in the process table, and the same command once more without the product.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

export type CommandLine = { program: string; args: string[]; folder: string };

export async function commandLineOf(instanceId: string): Promise<CommandLine> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const [program = '', ...args] = text.split('\0').slice(0, -1);
    if (!program.includes('qemu-system') || !args.includes(instanceId)) continue;
    const folder = await readlink(`/proc/${pid}/cwd`);
    return { program, args: await Promise.all(args.map((arg) => nameFile(pid, arg))), folder };
  }
  throw new Error(`No QEMU of instance ${instanceId} is running`);
}

/** What it inherited open, by its name. */
async function nameFile(pid: string, arg: string): Promise<string> {
  return arg.startsWith('/proc/self/fd/') ? readlink(arg.replace('self', pid)) : arg;
}

/** The unix socket of its screen. */
export function screenSocketOf({ args, folder }: CommandLine): string {
  const path = /^unix:([^,]+)/.exec(args[args.indexOf('-vnc') + 1] ?? '')?.[1];
  if (path) return resolve(folder, path);
  throw new Error('This QEMU has no screen');
}

const retryMs = 1;

/** From spawn until its monitor says that the machine runs, which is what the product waits for too; then it is killed. */
export async function startAlone({ program, args }: CommandLine): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'qemu-alone-'));
  const own = (arg: string) =>
    arg.replaceAll(/\b(path=|logfile=|unix:)([^,]+)/g, (_, key: string, path: string) => {
      return `${key}${join(folder, basename(path))}`;
    });
  // Its own files instead of those it inherited.
  const ownArgs = args.filter((arg, at) => arg !== '-add-fd' && args[at - 1] !== '-add-fd').map(own);
  const before = performance.now();
  const child = spawn(program, ownArgs, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  try {
    const monitor = await connectTo(join(folder, 'qmp.sock'), () => child.exitCode !== null);
    try {
      await untilRunning(monitor);
      return performance.now() - before;
    } finally {
      monitor.destroy();
    }
  } finally {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

async function connectTo(path: string, hasEnded: () => boolean): Promise<Socket> {
  for (;;) {
    const socket = createConnection(path);
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      if (hasEnded()) throw error;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

/** QEMU greets early; it carries commands out only when the machine is made. */
function untilRunning(monitor: Socket): Promise<void> {
  monitor.write('{"execute":"qmp_capabilities"}\n{"execute":"query-status"}\n');
  return new Promise((resolve, reject) => {
    let text = '';
    monitor.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (/"status": "running"/.test(text)) resolve();
    });
    monitor.on('error', reject);
    monitor.on('close', () => reject(new Error(`QEMU ended: ${text}`)));
  });
}
