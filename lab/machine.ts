// A running QEMU of the lab. It never outlives the program that started it: setpriv(1) asks the kernel to kill it when the thread that
// started it ends (PR_SET_PDEATHSIG, prctl(2)), however that ends, so labs are started from a program's main thread. It is a session of its own,
// so that the terminal's Ctrl-C does not reach it before us.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
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

/** Resolves when QEMU's monitor answers; throws with QEMU's own words, which go to `logFile`. */
export async function startMachine(command: QemuCommand, logFile: string): Promise<Machine> {
  rmSync(command.qmpSocket, { force: true });
  const log = openSync(logFile, 'w');
  const args = ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...buildQemuArgs(command)];
  const child = spawn('setpriv', args, { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const isRunning = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  const ended = endOf(child);
  const kill = async () => {
    if (isRunning()) child.kill('SIGKILL');
    await ended;
  };
  try {
    const qmp = await connectQmp(command.qmpSocket, () => !isRunning());
    return { pid: child.pid ?? 0, qmp, isRunning, ended, kill };
  } catch (cause) {
    await kill();
    const words = readFileSync(logFile, 'utf8').trim();
    throw new Error(`Cannot start QEMU of ${command.name}: ${words}`, { cause });
  }
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
}
