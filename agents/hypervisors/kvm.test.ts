// Real QEMU in software emulation, real guests.
import { writeFile, mkdtemp, mkdir, readFile, readdir, rm, stat } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { InstanceDefinition } from '@/contract/agent-calls';
import type { OsDriver } from '../os/os-definition';
import { tinyGuest, tinyOsForTests } from '../os/testing/tiny-os';
import { sitAtTerminal } from '../testing/terminal';
import { whenState } from '../testing/when-state';
import { createFileStorage } from '../storage/file';
import type { StartRequest } from './hypervisor';
import { describeHypervisorContract } from './hypervisor-contract';
import { createKvm } from './kvm';
import { chooseSocketRoot, kvmFiles } from './kvm-files';
import {
  ask,
  bareStart,
  defineGuest,
  openKvmLab,
  qemuPid,
  qemuPids,
  signIn,
  type KvmLab,
} from './testing/kvm-lab';
import { KvmGuest } from './kvm-guest';
import { startQemu } from './kvm-start';
import { KvmRecord } from './kvm-record';
import { ensureQemuUser } from './qemu-user';
import { takePicture } from './testing/rfb';

const slow = { timeout: 60_000 };
const quiet = { log() {}, progress() {} };

let lab: KvmLab;
let tiny: OsDriver;

describeHypervisorContract('kvm', async () => {
  const own = await openKvmLab();
  const other = await openKvmLab();
  const os = await tinyOsForTests();
  return {
    createDriver: () => createKvm({ stateFolder: own.stateFolder }),
    listening: async (name) => {
      const definition = defineGuest({ name });
      return { definition, boot: await os.boot(definition), disks: [], nics: [] };
    },
    deaf: async (name) => bareStart(defineGuest({ name })),
    withScreen: async (name) => bareStart(defineGuest({ name })),
    refused: async (name) => bareStart(defineGuest({ name, memoryMiB: 16 * 1024 * 1024 })),
    crash: async (id) => void process.kill(await qemuPid(own.stateFolder, id), 'SIGKILL'),
    guest: tinyGuest,
    leftovers: async () => readdir(own.stateFolder),
    peer: () => createKvm({ stateFolder: other.stateFolder }),
    peerLeftovers: () => readdir(other.stateFolder),
    spareDisk: async (index) => {
      const id = randomUUID();
      const path = join(own.folder, `${id}.raw`);
      await writeFile(path, Buffer.alloc(8 * 1024 * 1024), { mode: 0o600 });
      return { id, index, path, isMirrored: false };
    },
    spareNic: async (index) => ({
      id: randomUUID(),
      index,
      mac: '52:54:00:00:00:05',
      netdev: { type: 'user' },
    }),
    close: async () => {
      await own.close();
      await other.close();
    },
  };
});

beforeAll(async () => {
  tiny = await tinyOsForTests();
}, 120_000);
beforeAll(async () => {
  lab = await openKvmLab();
});
afterAll(() => lab.close());

const userNic = { id: randomUUID(), index: 0, mode: 'user' as const, link: null, mac: '52:54:00:12:34:56' };

async function tinyStart(
  definition: InstanceDefinition,
  disks: StartRequest['disks'] = [],
): Promise<StartRequest> {
  const nics = definition.nics.map(({ id, index, mac }) => ({
    id,
    index,
    mac,
    netdev: { type: 'user' as const },
  }));
  return { definition, boot: await tiny.boot(definition), disks, nics };
}

const serialOf = async (id: string) => sitAtTerminal(await lab.driver().openConsole(id, 'serial'));

describe('a diskless guest', () => {
  const definition = defineGuest({ name: 'ram1', nics: [userNic] });

  test('boots to a login on its serial line and works', slow, async () => {
    await lab.driver().start(await tinyStart(definition));
    const terminal = await serialOf(definition.id);
    expect(await terminal.until(/login: /)).toContain('Linux version');
    await signIn(terminal);
    expect(await ask(terminal, 'cat /proc/meminfo')).toMatch(/MemTotal:\s+\d+ kB/);
    expect(await ask(terminal, 'hostname')).toContain('ram1');
    terminal.leave();
  });

  test('shows a later viewer the history from the first line', async () => {
    const terminal = await serialOf(definition.id);
    const other = await serialOf(definition.id);
    expect(await terminal.until(/MemTotal/)).toContain('Linux version');
    await ask(terminal, 'echo sh""ared');
    expect(await other.until(/shared/)).toContain('Linux version');
    terminal.leave();
    other.leave();
  });

  test('gets an address from the node', slow, async () => {
    const terminal = await serialOf(definition.id);
    const lease = 'until ip addr show eth0 | grep -q 10.0.2.15; do sleep 0.1; done; ip route';
    expect(await ask(terminal, lease)).toContain('default via 10.0.2.2');
    terminal.leave();
  });

  test('lets many look at its screen in the same moment', async () => {
    const open = () => lab.driver().openConsole(definition.id, 'screen');
    const viewers = await Promise.all(Array.from({ length: 12 }, open));
    viewers.forEach((viewer) => viewer.destroy());
  });

  test('has a screen with something on it', async () => {
    const viewer = await lab.driver().openConsole(definition.id, 'screen');
    const { width, name, pixels } = await takePicture(viewer);
    viewer.destroy();
    expect(width).toBeGreaterThanOrEqual(640);
    expect(name).toContain('ram1');
    expect(pixels.some((byte) => byte !== 0)).toBe(true);
  });

  test('is found again after an agent restart, with its history', async () => {
    const before = lab.driver().list();
    await lab.restart([definition]);
    expect(lab.driver().list()).toMatchObject([{ id: definition.id, operState: 'running', name: 'ram1' }]);
    expect(before).toMatchObject([{ id: definition.id, operState: 'running', accelerator: 'tcg' }]);
    const terminal = await serialOf(definition.id);
    expect(await ask(terminal, 'echo st""ill')).toContain('still');
    expect(terminal.seen()).toContain('Linux version');
    expect(terminal.seen().match(/Linux version/g)).toHaveLength(1);
    terminal.leave();
  });

  test('that powers itself off is seen as shut down', slow, async () => {
    const terminal = await serialOf(definition.id);
    terminal.type('poweroff');
    const ended = await whenState(lab.driver(), definition.id, 'shutdown');
    expect(ended).toMatchObject({ detail: null, accelerator: null });
    expect(await qemuPids(lab.stateFolder)).toEqual([]);
    terminal.leave();
  });

  test('keeps its history for reading after the end, and loses it in the clean-up', async () => {
    const terminal = await serialOf(definition.id);
    expect(await terminal.until(/Power down|System halt|The system is going down/i)).toContain(
      'Linux version',
    );
    terminal.leave();
    await lab.driver().cleanup(definition.id);
    await lab.driver().cleanup(definition.id);
    expect(await readdir(lab.stateFolder)).toEqual([]);
    expect(lab.driver().list()).toEqual([]);
  });
});

describe('a guest on a file disk', () => {
  const diskId = randomUUID();
  const definition = defineGuest({
    name: 'disk1',
    diskTemplate: 'file',
    disks: [{ id: diskId, index: 0, sizeMiB: 32, spec: { template: 'file' } }],
  });
  let start: StartRequest;

  beforeAll(async () => {
    const storage = createFileStorage({ folder: join(lab.folder, 'disks') });
    const disk = { instanceId: definition.id, diskId, sizeMiB: 32, spec: { template: 'file' as const } };
    await storage.create(disk, { wipe: false }, quiet);
    const { path } = await storage.assemble(disk);
    await tiny.install({ definition, diskPaths: [path] }, quiet);
    start = await tinyStart(definition, [{ id: diskId, index: 0, path, isMirrored: false }]);
  });

  test('boots from it and shuts down when its power button is pressed', slow, async () => {
    await lab.driver().start(start);
    const terminal = await serialOf(definition.id);
    await signIn(terminal);
    expect(await ask(terminal, 'awk \'$2 == "/"\' /proc/mounts')).toMatch(/\/dev\/vda \/ ext4 rw/);
    expect(await ask(terminal, 'cat /sys/block/vda/serial')).toContain(
      diskId.replaceAll('-', '').slice(0, 20),
    );
    await ask(terminal, 'echo remember > /root/note');
    terminal.leave();
    const stop = { instanceId: definition.id, force: false, timeoutMs: 30_000 };
    expect(await lab.driver().stop(stop)).toEqual({ forced: false });
    expect(lab.driver().list()).toMatchObject([{ id: definition.id, operState: 'absent' }]);
    expect(await lab.driver().stop(stop)).toEqual({ forced: false });
  });

  test('keeps its files over a restart; a killed QEMU is seen as a crash', slow, async () => {
    await lab.driver().start(start);
    const terminal = await serialOf(definition.id);
    const from = (await terminal.until(/disk1 login: [^]*disk1 login: /)).length;
    terminal.type('root');
    await terminal.until(/root@disk1/, from);
    expect(await ask(terminal, 'cat /root/note')).toContain('remember');
    terminal.leave();
    process.kill(await qemuPid(lab.stateFolder, definition.id), 'SIGKILL');
    const ended = await whenState(lab.driver(), definition.id, 'crashed');
    expect(ended.detail).toContain('SIGKILL');
    await lab.driver().cleanup(definition.id);
  });
});

describe('while the agent is away', () => {
  const definition = defineGuest({ name: 'away1' });
  afterEach(() => lab.driver().cleanup(definition.id));

  test('a guest that powered itself off is known afterwards', slow, async () => {
    await lab.driver().start(await tinyStart(definition));
    const terminal = await serialOf(definition.id);
    await signIn(terminal);
    terminal.leave();
    const files = kvmFiles(lab.stateFolder, chooseSocketRoot(lab.stateFolder), definition.id);
    await lab.restart([definition], async () => {
      const line = createConnection({ path: files.serialSocket });
      line.resume().write('poweroff -f\n');
      await untilStatus(files.qmpSocket, 'shutdown');
      line.destroy();
    });
    expect(await whenState(lab.driver(), definition.id, 'shutdown')).toMatchObject({ detail: null });
  });

  test('a QEMU that was killed is known as crashed', async () => {
    await lab.driver().start(bareStart(definition));
    await lab.restart([definition], async () => {
      const pid = await qemuPid(lab.stateFolder, definition.id);
      process.kill(pid, 'SIGKILL');
      await untilGone(pid);
    });
    expect(lab.driver().list()).toMatchObject([
      { operState: 'crashed', detail: expect.stringContaining('QEMU') },
    ]);
  });

  test('a restart of the whole node is no crash', async () => {
    await lab.driver().start(bareStart(definition));
    await lab.restart([definition], async () => {
      await endAs(definition.id, { bootId: randomUUID() });
    });
    expect(lab.driver().list()).toMatchObject([{ operState: 'absent', detail: 'The node was restarted.' }]);
  });

  test("a process that took over QEMU's number is left alone", async () => {
    await lab.driver().start(bareStart(definition));
    await lab.restart([definition], () =>
      endAs(definition.id, { process: { pid: process.pid, startTime: 1 } }),
    );
    expect(lab.driver().list()).toMatchObject([{ operState: 'crashed' }]);
  });
});

describe.skipIf(process.getuid?.() !== 0)('where the agent is root', () => {
  test(
    'QEMU is a user without rights, in a folder of its own, and finds its files all the same',
    slow,
    async () => {
      const user = await ensureQemuUser();
      const diskId = randomUUID();
      const definition = defineGuest({
        disks: [{ id: diskId, index: 0, sizeMiB: 32, spec: { template: 'file' } }],
      });
      const path = join(lab.folder, `${diskId}.raw`);
      await writeFile(path, Buffer.alloc(32 * 1024 * 1024), { mode: 0o600 });
      await lab
        .driver()
        .start(await tinyStart(definition, [{ id: diskId, index: 0, path, isMirrored: false }]));
      const status = await readFile(`/proc/${await qemuPid(lab.stateFolder, definition.id)}/status`, 'utf8');
      const ids = (id?: number) => `:\t${[id, id, id, id].join('\t')}\n`;
      expect(status).toContain(`Uid${ids(user?.uid)}Gid${ids(user?.gid)}`);
      expect(status).toMatch(/^Groups:\s*$/m);
      expect(status).toMatch(/^CapEff:\t0+$/m);
      await lab.driver().stop({ instanceId: definition.id, force: true, timeoutMs: 0 });
      await lab.driver().cleanup(definition.id);
      expect(await readdir(chooseSocketRoot(lab.stateFolder))).toEqual([]);
    },
  );

  test('a QEMU that an older agent started as root is found, and is a user at its next start', async () => {
    const definition = defineGuest();
    const { stateFolder } = lab;
    const guest = new KvmGuest(kvmFiles(stateFolder, stateFolder, definition.id), () => {});
    const older = { guest, start: bareStart(definition), socketRoot: stateFolder, user: null };
    await startQemu({ ...older, accelerator: 'tcg' });
    await guest.close();
    await lab.restart([definition]);
    expect(lab.driver().list()).toMatchObject([{ id: definition.id, operState: 'running' }]);
    const uid = async () => (await stat(`/proc/${await qemuPid(stateFolder, definition.id)}`)).uid;
    expect(await uid()).toBe(0);
    await lab.driver().stop({ instanceId: definition.id, force: true, timeoutMs: 0 });
    await lab.driver().start(bareStart(definition));
    expect(await uid()).toBe((await ensureQemuUser())?.uid);
    await lab.driver().stop({ instanceId: definition.id, force: true, timeoutMs: 0 });
    await lab.driver().cleanup(definition.id);
    expect(await readdir(stateFolder)).toEqual([]);
  });

  test('a QEMU that an agent started which died before it noted the number is found', async () => {
    const definition = defineGuest();
    await lab.driver().start(bareStart(definition));
    const path = join(lab.stateFolder, definition.id, 'run.json');
    await lab.restart([definition], async () => {
      const record = KvmRecord.parse(JSON.parse(await readFile(path, 'utf8')));
      await writeFile(path, JSON.stringify({ ...record, process: null }));
    });
    expect(lab.driver().list()).toMatchObject([{ id: definition.id, operState: 'running' }]);
    await lab.driver().stop({ instanceId: definition.id, force: true, timeoutMs: 0 });
    await lab.driver().cleanup(definition.id);
  });
});

test('a forced end leaves nothing but the history', async () => {
  const definition = defineGuest();
  await lab.driver().start(bareStart(definition));
  await lab.driver().stop({ instanceId: definition.id, force: true, timeoutMs: 0 });
  const files = await readdir(join(lab.stateFolder, definition.id));
  expect(files.sort()).toEqual(['qemu.log', 'run.json', 'serial.log']);
  await lab.driver().cleanup(definition.id);
});

test('a data folder with a long path has its sockets elsewhere, and they are removed, too', async () => {
  const deep = await openKvmLab({ subfolder: 'deep/'.repeat(20) });
  const definition = defineGuest();
  try {
    await deep.driver().start(bareStart(definition));
    await deep.restart([definition]);
    expect(deep.driver().list()).toMatchObject([{ operState: 'running' }]);
    const screen = await deep.driver().openConsole(definition.id, 'screen');
    expect((await takePicture(screen)).width).toBeGreaterThan(0);
    screen.destroy();
    await deep.driver().stop({ instanceId: definition.id, force: true, timeoutMs: 0 });
    await deep.driver().cleanup(definition.id);
    expect(await readdir(chooseSocketRoot(deep.stateFolder))).toEqual([]);
  } finally {
    await deep.close();
    await rm(chooseSocketRoot(deep.stateFolder), { recursive: true, force: true });
  }
});

describe('a start that fails', () => {
  test.each([
    ['more memory than any machine has', defineGuest({ memoryMiB: 16 * 1024 * 1024 }), [], /memory/i],
    [
      'an interface that cannot be opened',
      defineGuest({ nics: [userNic] }),
      [
        {
          id: userNic.id,
          index: 0,
          mac: userNic.mac,
          netdev: { type: 'tap' as const, ifname: '..', queues: 1 },
        },
      ],
      /tap|tun|interface|ifname/i,
    ],
  ])('because of %s says so and leaves nothing', async (_why, definition, nics, words) => {
    const start = lab.driver().start({ ...bareStart(definition), nics });
    await expect(start).rejects.toMatchObject({ code: 'tool_failed', message: expect.stringMatching(words) });
    expect(await qemuPids(lab.stateFolder)).toEqual([]);
    const running = lab
      .driver()
      .list()
      .filter(({ operState }) => operState === 'running');
    expect(running).toEqual([]);
    await lab.driver().cleanup(definition.id);
    expect(await readdir(lab.stateFolder)).toEqual([]);
  });
});

test('an agent that cannot read what was written down does not take it for nothing', async () => {
  const folder = await mkdtemp(join(lab.folder, 'state-'));
  const unreadable = join(folder, 'a-file');
  await writeFile(unreadable, '');
  const blind = await createKvm({ stateFolder: unreadable });
  await expect(blind.recover([])).rejects.toMatchObject({ code: 'ENOTDIR' });
  const id = randomUUID();
  await mkdir(join(folder, id, 'run.json'), { recursive: true });
  const half = await createKvm({ stateFolder: folder });
  await expect(half.recover([])).rejects.toMatchObject({ code: 'EISDIR' });
  await rm(folder, { recursive: true });
});

test('an ISO that boots nothing still runs', async () => {
  const folder = await mkdtemp(join(lab.folder, 'iso-'));
  const path = join(folder, 'empty,file=x.iso');
  await mkdir(folder, { recursive: true });
  await writeFile(path, Buffer.alloc(64 * 1024));
  const definition = defineGuest();
  await lab.driver().start({ ...bareStart(definition), boot: { kind: 'iso', path } });
  expect(lab.driver().list()).toMatchObject([{ operState: 'running' }]);
  await lab.driver().stop({ instanceId: definition.id, force: true, timeoutMs: 0 });
  await lab.driver().cleanup(definition.id);
  await rm(folder, { recursive: true });
});

/** Ends a QEMU behind the driver's back and changes what was written down about it. */
async function endAs(id: string, changes: Record<string, unknown>): Promise<void> {
  const pid = await qemuPid(lab.stateFolder, id);
  process.kill(pid, 'SIGKILL');
  await untilGone(pid);
  const path = join(lab.stateFolder, id, 'run.json');
  const record: unknown = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...(record as object), ...changes }));
}

async function untilGone(pid: number): Promise<void> {
  await expect
    .poll(() => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone'), { interval: 20 })
    .toMatch(/gone|\) Z /);
}

async function untilStatus(path: string, status: string): Promise<void> {
  const { connectQmp } = await import('../tools/qmp/client');
  const { QmpStatus } = await import('../tools/qmp/messages');
  const qmp = await connectQmp({ path, timeoutMs: 5_000, onEvent: () => {} });
  const read = async () => QmpStatus.parse(await qmp.execute('query-status')).status;
  await expect.poll(read, { interval: 50, timeout: 15_000 }).toBe(status);
  qmp.close();
  await qmp.closed;
}
