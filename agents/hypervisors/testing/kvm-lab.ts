// A folder with its own KVM driver for tests, and the promise that no QEMU of it is left over.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { InstanceDefinition, ObservedInstance } from '@/contract/agent-calls';
import type { Hypervisor, StartRequest } from '../hypervisor';
import { createKvm } from '../kvm';

export type KvmLab = Awaited<ReturnType<typeof openKvmLab>>;

export async function openKvmLab() {
  const folder = await mkdtemp(join(tmpdir(), 'kvm-'));
  const stateFolder = join(folder, 'kvm');
  let driver = await createKvm({ stateFolder });
  return {
    folder,
    stateFolder,
    driver: (): Hypervisor => driver,
    /** What an agent restart does: the driver lets go, `meanwhile` happens, a new one looks around. */
    async restart(definitions: InstanceDefinition[], meanwhile: () => Promise<void> = async () => {}) {
      await driver.close();
      await meanwhile();
      driver = await createKvm({ stateFolder });
      await driver.recover(definitions);
    },
    async close() {
      await driver.close();
      for (const pid of await qemuPids(stateFolder)) kill(pid);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function defineGuest(changes: Partial<InstanceDefinition> = {}): InstanceDefinition {
  return {
    id: randomUUID(),
    name: 'web1',
    hypervisor: 'kvm',
    os: { kind: 'tiny' },
    vcpus: 1,
    memoryMiB: 96,
    diskTemplate: 'diskless',
    disks: [],
    nics: [],
    ...changes,
  };
}

/** A machine that finds nothing to boot: it runs at once and never listens to its power button. */
export function bareStart(definition: InstanceDefinition): StartRequest {
  return { definition, boot: { kind: 'firmware' }, disks: [], nics: [] };
}

/** Resolves when the driver reports the state; also when it already is so. */
export function whenState(driver: Hypervisor, id: string, operState: string): Promise<ObservedInstance> {
  return new Promise((resolve) => {
    const look = (observed: ObservedInstance | undefined) => {
      if (observed?.id !== id || observed.operState !== operState) return;
      stop();
      resolve(observed);
    };
    const stop = driver.onChange(look);
    look(driver.list().find((observed) => observed.id === id));
  });
}

/** Someone at a terminal: sees everything since the beginning, types lines. */
export function sitAt(line: Duplex) {
  let seen = '';
  line.on('data', (chunk: Buffer) => (seen += chunk.toString('latin1')));
  return {
    seen: () => seen,
    type: (text: string) => line.write(`${text}\n`),
    /** Resolves with what was seen since `from` when the pattern appears there. */
    until: (pattern: RegExp, from = 0) =>
      new Promise<string>((resolve, reject) => {
        const look = () => {
          if (!pattern.test(seen.slice(from))) return;
          line.off('data', look);
          resolve(seen.slice(from));
        };
        line.on('data', look);
        line.once('close', () => reject(new Error(`The line closed before ${pattern}; seen: ${seen}`)));
        look();
      }),
    leave: () => line.destroy(),
  };
}

export async function signIn(terminal: ReturnType<typeof sitAt>): Promise<void> {
  await terminal.until(/login: /);
  terminal.type('root');
  await terminal.until(/root@\S+# /);
}

let asked = 0;

/** Runs one command at a signed-in terminal and answers all it printed. */
export async function ask(terminal: ReturnType<typeof sitAt>, command: string): Promise<string> {
  const from = terminal.seen().length;
  const mark = `done${asked++}`;
  // The echoed command line does not contain the mark in one piece.
  terminal.type(`${command}; echo ${mark.replace('done', "do''ne")}`);
  return terminal.until(new RegExp(`${mark}\r?\n`), from);
}

export async function qemuPid(stateFolder: string, id: string): Promise<number> {
  return Number(await readFile(join(stateFolder, id, 'qemu.pid'), 'utf8'));
}

export async function qemuPids(stateFolder: string): Promise<number[]> {
  const ids = await readdir(stateFolder).catch(() => []);
  const pids = await Promise.all(ids.map((id) => qemuPid(stateFolder, id).catch(() => 0)));
  return pids.filter((pid) => pid > 1);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
