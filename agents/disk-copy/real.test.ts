import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeTempFolder } from '../testing/temp-folder';
import { searchProcess } from '../tools/proc/process';
import { receiverWord } from '../tools/qemu/copy-args';
import { describeDiskCopyContract } from './disk-copy-contract';
import { createDiskCopy } from './real';

const mib = 1024 * 1024;
const isRoot = process.getuid?.() === 0;

/** Receivers and senders of copies whose folders are below this one. */
function programsOf(folder: string): string[] {
  const lines = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => /^qemu-(nbd|img) /.test(line) && line.includes(folder));
}

async function makeNodes(folder: string) {
  const open = (name: string) => createDiskCopy({ root: join(folder, name) });
  return { source: open('source'), target: open('target') };
}

/** Some of it zeros, which are not sent. */
async function makeDisk(folder: string, { diskId, sourceMiB = 8, targetMiB = 8 }: Sizes) {
  const [from, to] = [join(folder, `${diskId}.from`), join(folder, `${diskId}.to`)];
  await writeFile(from, Buffer.concat([randomBytes(3 * mib), Buffer.alloc((sourceMiB - 3) * mib)]));
  await writeFile(to, randomBytes(targetMiB * mib));
  return { from, to };
}
type Sizes = { diskId: string; sourceMiB?: number; targetMiB?: number };

describeDiskCopyContract('QEMU', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-copy-'));
  return {
    ...(await makeNodes(folder)),
    address: '127.0.0.1',
    makeDisk: (wish) => makeDisk(folder, wish),
    isEqual: async ({ from, to }) => (await readFile(from)).equals(await readFile(to)),
    held: async () => {
      const folders = ['source', 'target'].map((name) => readdir(join(folder, name)).catch(() => []));
      return [...(await Promise.all(folders)).flat(), ...programsOf(folder)];
    },
    close: () => rm(folder, { recursive: true }),
  };
});

async function waitingReceiver() {
  const folder = await makeTempFolder();
  const { target } = await makeNodes(folder);
  onTestFinished(() => target.endAll());
  const diskId = randomUUID();
  const disk = await makeDisk(folder, { diskId });
  const door = await target.receive({ diskId, path: disk.to, address: '127.0.0.1' });
  const find = () => searchProcess('qemu-nbd', receiverWord(join(folder, 'target', diskId)));
  return { folder, diskId, disk, door, find };
}

it('shows no key on a command line, and keeps it for few eyes', async () => {
  const { folder, diskId, door } = await waitingReceiver();
  const all = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  expect(all).not.toContain(door.key);
  const file = join(folder, 'target', diskId, 'keys.psk');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).toContain(door.key);
});

it('ends a receiver that an agent left behind which was killed', async () => {
  const { folder, find } = await waitingReceiver();
  expect(await find()).not.toBeNull();
  const again = createDiskCopy({ root: join(folder, 'target') });
  await again.endAll();
  expect(await find()).toBeNull();
  expect(await readdir(join(folder, 'target'))).toEqual([]);
});

it('says why a receiver cannot wait, and leaves nothing of it', async () => {
  const folder = await makeTempFolder();
  const { target } = await makeNodes(folder);
  const diskId = randomUUID();
  const { to } = await makeDisk(folder, { diskId });
  const receiving = target.receive({ diskId, path: to, address: '192.0.2.77' });
  await expect(receiving).rejects.toThrow(/qemu-nbd: .*Cannot assign requested address/);
  expect(await readdir(join(folder, 'target'))).toEqual([]);
  expect(programsOf(folder)).toEqual([]);
});

// Nobody else can change users.
it.runIf(isRoot)(
  'receives as a user of its own, to whom the disk belongs no longer than needed',
  async () => {
    const { disk, find } = await waitingReceiver();
    const pid = (await find())?.pid ?? 0;
    expect(await readFile(`/proc/${pid}/status`, 'utf8')).not.toMatch(/^Uid:\s+0\s/m);
    const { uid } = await stat(disk.to);
    expect(uid).toBe(0);
  },
);
