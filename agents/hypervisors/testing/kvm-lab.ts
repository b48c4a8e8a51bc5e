// A folder with its own KVM driver for tests, and the promise that no QEMU of it is left over.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstanceDefinition } from '@/contract/agent-calls';
import { defaultHvParams } from '@/contract/schemas/hv-params';
import type { Terminal } from '../../testing/terminal';
import type { Hypervisor, StartRequest } from '../hypervisor';
import { createKvm } from '../kvm';
import { chooseSocketRoot } from '../kvm-files';
import { readRecord } from '../kvm-record';

export type KvmLab = Awaited<ReturnType<typeof openKvmLab>>;

export async function openKvmLab({ subfolder = 'kvm' } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'kvm-'));
  const stateFolder = join(folder, subfolder);
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
      for (const left of [folder, chooseSocketRoot(stateFolder)])
        await rm(left, { recursive: true, force: true });
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
    hvParams: defaultHvParams,
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

export async function signIn(terminal: Terminal): Promise<void> {
  await terminal.until(/login: /);
  terminal.type('root');
  await terminal.until(/root@\S+# /);
}

let asked = 0;

/** Runs one command at a signed-in terminal and answers all it printed. */
export async function ask(terminal: Terminal, command: string): Promise<string> {
  const from = terminal.seen().length;
  const mark = `done${asked++}`;
  // The echoed command line does not contain the mark in one piece.
  terminal.type(`${command}; echo ${mark.replace('done', "do''ne")}`);
  return terminal.until(new RegExp(`${mark}\r?\n`), from);
}

export async function qemuPid(stateFolder: string, id: string): Promise<number> {
  const record = await readRecord(join(stateFolder, id, 'run.json'));
  return (record?.ended === null && record.process?.pid) || 0;
}

export async function qemuPids(stateFolder: string): Promise<number[]> {
  const ids = await readdir(stateFolder).catch(() => []);
  const pids = await Promise.all(ids.map((id) => qemuPid(stateFolder, id)));
  return pids.filter((pid) => pid > 1);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
