// The template: a node that has booted and is nobody yet, as its memory in one file and the state of its devices in another. Copies map the
// memory privately, copy-on-write, so that a node is there within a second; `x-ignore-shared` keeps memory out of the state.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findFreePort } from '@/tools/free-port';
import { mustRun } from '@/tools/setup/run-command.mjs';
import type { ImageFiles } from './image/build-image';
import { nodeProgramInImage } from './image/recipe';
import { startMachine, type Machine } from './machine';
import type { NodeKind } from './node-kind';
import { runInNode } from './node-shell';
import type { QemuCommand, Shape } from './qemu-command';
import type { Qmp } from './qmp';

export type TemplateFiles = { memory: string; state: string };

const bootTimeoutMs = 300_000;
/** A command that is forwarded before the node listens is never answered. */
const probeTimeoutMs = 1_500;

/**
 * What every node will run is in the template's memory already, so that no copy reads it from its disk; but of the disks that will be others
 * nothing may be.
 */
export const settle = (kind: NodeKind) => `set -e
systemctl is-system-running --wait || { systemctl status --no-pager --full --lines 20 --state failed; exit 1; }
${kind === 'kvm' ? 'test -c /dev/kvm' : 'xl info && xl list'}
test -d /sys/module/drbd
cat ${nodeProgramInImage} >/dev/null
${nodeProgramInImage} -e 0
vgs
drbdsetup status
curl --version
dpkg-query -W bash
systemctl daemon-reload
journalctl -n 1
qemu-img --version
sync
blockdev --flushbufs /dev/disk/by-id/virtio-vg /dev/disk/by-id/virtio-keep`;

export function templateFiles(folder: string): TemplateFiles {
  return { memory: join(folder, 'memory'), state: join(folder, 'state') };
}

type Making = { image: ImageFiles; shape: Shape; diskGiB: number; keepDisk: string };

/** Boots the image and saves it in the folder, which exists and is empty. */
export async function makeTemplate(
  folder: string,
  { image, shape, diskGiB, keepDisk }: Making,
): Promise<void> {
  const files = templateFiles(folder);
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch);
  const sockets = mkdtempSync(join(tmpdir(), 'corral-lab-'));
  const disks = { vg: join(scratch, 'vg.img'), keep: join(scratch, 'keep.img') };
  await mustRun('truncate', ['-s', `${diskGiB}G`, disks.vg]);
  await mustRun('truncate', ['-s', keepDisk, disks.keep]);
  const ports = { shell: await findFreePort(), terminal: 0, agent: 0 };
  const command: QemuCommand = {
    ...{ role: 'template', name: 'lab-template', image, disks, ports, memoryFile: files.memory, ...shape },
    qmpSocket: join(sockets, 'qmp'),
    serialLog: join(scratch, 'serial.log'),
  };
  const machine = await startMachine(command, join(scratch, 'qemu.log'));
  try {
    await untilBooted(machine, ports.shell, settle(shape.kind));
    await save(machine.qmp, files.state);
  } finally {
    await machine.kill();
    rmSync(sockets, { recursive: true });
  }
  rmSync(scratch, { recursive: true });
}

async function untilBooted(machine: Machine, port: number, settle: string): Promise<void> {
  const deadline = Date.now() + bootTimeoutMs;
  for (;;) {
    try {
      await runInNode(port, 'true', probeTimeoutMs);
      break;
    } catch (cause) {
      if (!machine.isRunning() || Date.now() > deadline)
        throw new Error('The image of the lab nodes does not boot', { cause });
      await delay(100);
    }
  }
  const { exitCode, output } = await runInNode(port, settle, bootTimeoutMs);
  if (exitCode !== 0) throw new Error(`The image of the lab nodes boots badly: ${output.trim()}`);
}

async function save(qmp: Qmp, stateFile: string): Promise<void> {
  await qmp.execute('stop');
  await ignoreSharedMemory(qmp);
  await qmp.execute('migrate', { uri: `exec:cat > ${stateFile}` });
  await qmp.migrated();
  await qmp.execute('quit').catch(() => undefined);
}

/** Makes of a QEMU that waits (`-incoming defer`) a running copy. */
export async function restore(qmp: Qmp, stateFile: string): Promise<void> {
  await ignoreSharedMemory(qmp);
  await qmp.execute('migrate-incoming', { uri: `exec:cat ${stateFile}` });
  await qmp.migrated();
  await qmp.execute('cont');
}

async function ignoreSharedMemory(qmp: Qmp): Promise<void> {
  const capabilities = [{ capability: 'x-ignore-shared', state: true }];
  await qmp.execute('migrate-set-capabilities', { capabilities });
}
