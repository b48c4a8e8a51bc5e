// A running QEMU of the lab. It never outlives the program that started it: setpriv(1) asks the kernel to kill it when the thread that
// started it ends (PR_SET_PDEATHSIG, prctl(2)), however that ends, so labs are started from a program's main thread.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildQemuArgs, type QemuCommand } from './qemu-command';
import { connectQmp, type Qmp } from './qmp';

export type Machine = {
  pid: number;
  qmp: Qmp;
  isRunning(): boolean;
  /** Resolves when it has ended, for whatever reason. */
  ended: Promise<void>;
  /** As when its power is cut; resolves when nothing of it is left. */
  kill(): Promise<void>;
};

/** Resolves when QEMU's monitor answers; throws with QEMU's own words. */
export async function startMachine(command: QemuCommand): Promise<Machine> {
  const { folder } = command;
  const socket = join(folder, 'qmp.sock');
  rmSync(socket, { force: true });
  const log = openSync(join(folder, 'qemu.log'), 'w');
  const args = ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...buildQemuArgs(command)];
  const child = spawn('setpriv', args, { stdio: ['ignore', log, log] });
  closeSync(log);
  const isRunning = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  const ended = endOf(child);
  const kill = async () => {
    if (isRunning()) child.kill('SIGKILL');
    await ended;
  };
  try {
    const qmp = await connectQmp(socket, () => !isRunning());
    return { pid: child.pid ?? 0, qmp, isRunning, ended, kill };
  } catch (cause) {
    await kill();
    const words = readFileSync(join(folder, 'qemu.log'), 'utf8').trim();
    throw new Error(`Cannot start QEMU of ${command.name}: ${words}`, { cause });
  }
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}
