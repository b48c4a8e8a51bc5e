import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { defineGuest } from '../hypervisors/testing/kvm-lab';
import { disksOf } from '../definitions';
import { createFileStorage } from '../storage/file';
import { fileLocks } from '../testing/file-locks';
import { writeZeros } from '../tools/fallocate/reserve';
import { createTinyOs } from './tiny';
import type { OsDriver } from './os-definition';
import { folderForTests, tinyOsForTests } from './testing/tiny-os';
import { collectModules, moduleName, parseDepends } from './tiny-modules';
import { withFolders } from './tiny-tree';

const quiet = { log() {}, progress() {} };
const anyPid: unknown = expect.any(Number);
/** Processes take their time to start on a busy machine. */
const patient = { timeout: 60_000 };
let folder: string;
let tiny: OsDriver;
beforeAll(async () => {
  tiny = await tinyOsForTests();
}, 120_000);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiny-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe('the tiny OS', () => {
  test(
    'is built once, for all who ask at the same time, and clears away a build whose agent died',
    { timeout: 120_000 },
    async () => {
      await mkdir(join(folder, '.build-999999999-left'));
      const progress: number[] = [];
      const fresh = createTinyOs(folder);
      expect(fresh.offer()).toMatchObject({ state: 'preparing' });
      const report = { log() {}, progress: (done: number) => progress.push(done) };
      await Promise.all([fresh.prepare(report), fresh.prepare(report)]);
      expect(fresh.offer()).toMatchObject({ kind: 'tiny', state: 'ready' });
      expect(progress).toEqual([...progress].sort((a, b) => a - b));
      const builds = await readdir(folder);
      expect(builds).toHaveLength(1);
      const build = join(folder, builds[0] ?? '');
      expect((await readdir(build)).sort()).toEqual(['initrd', 'root', 'vmlinuz']);
      const before = (await stat(build)).mtimeMs;
      await createTinyOs(folder).prepare(quiet);
      expect((await stat(build)).mtimeMs).toBe(before);
    },
  );

  test(
    'fills a disk with a file system of that name and gives up none of its space',
    { timeout: 120_000 },
    async () => {
      const definition = defineGuest({
        name: 'disk1',
        disks: [{ id: crypto.randomUUID(), index: 0, sizeMiB: 32, spec: { template: 'file' } }],
      });
      const storage = createFileStorage({ folder });
      const [disk] = disksOf(definition);
      if (!disk) throw new Error('it has a disk');
      await storage.create(disk, { wipe: false }, quiet);
      const { path } = await storage.assemble(disk);
      await tiny.install({ definition, diskPaths: [path] }, quiet);
      await tiny.install({ definition, diskPaths: [path] }, quiet);
      expect((await stat(path)).blocks * 512).toBeGreaterThanOrEqual(32 * 1024 * 1024);
      expect(execFileSync('dumpe2fs', ['-h', path], { encoding: 'utf8', stdio: 'pipe' })).toMatch(
        /volume name:\s+tinyroot/,
      );
      execFileSync('e2fsck', ['-fn', path], { stdio: 'ignore' });
      expect(await tiny.boot(definition)).toMatchObject({
        kind: 'kernel',
        args: expect.stringMatching(/tiny\.hostname=disk1 tiny\.root=disk$/),
      });
    },
  );

  test('waits for what an agent that was killed left writing', { timeout: 120_000 }, async () => {
    const diskPath = join(folder, 'disk.raw');
    await writeZeros({ path: diskPath, bytes: 32 * 1024 * 1024 });
    const script = join(import.meta.dirname, 'testing', 'install-tiny.ts');
    const agent = spawn(process.execPath, ['--import', 'tsx', script, diskPath], {
      env: { ...process.env, PATH: `${await endlessTools()}:${process.env['PATH']}` },
      stdio: 'ignore',
    });
    await expect.poll(() => fileLocks(diskPath), patient).toMatchObject({ holders: [anyPid] });
    agent.kill('SIGKILL');
    await once(agent, 'exit');
    const installing = tiny.install({ definition: defineGuest(), diskPaths: [diskPath] }, quiet);
    await expect.poll(() => fileLocks(diskPath), patient).toEqual({ holders: [anyPid], waiting: [anyPid] });
    const [writer = 0] = (await fileLocks(diskPath)).holders;
    await expect.poll(() => readFile(`/proc/${writer}/comm`, 'utf8'), patient).toBe('sleep\n');
    process.kill(writer, 'SIGKILL');
    await installing;
    execFileSync('e2fsck', ['-fn', diskPath], { stdio: 'ignore' });
  });

  test('is written no further when its installation is canceled', { timeout: 120_000 }, async () => {
    const diskPath = join(folder, 'disk.raw');
    await writeFile(diskPath, '');
    vi.stubEnv('PATH', await endlessTools());
    const stops = [new AbortController(), new AbortController()];
    const [working, waiting] = stops.map(({ signal }) =>
      tiny.install({ definition: defineGuest(), diskPaths: [diskPath] }, { ...quiet, signal }),
    );
    await expect.poll(() => fileLocks(diskPath), patient).toEqual({ holders: [anyPid], waiting: [anyPid] });
    // Listened to before: either may be the first to end.
    const ends = [working, waiting].map((one) => expect(one).rejects.toMatchObject({ code: 'canceled' }));
    stops.forEach((stop) => stop.abort());
    await Promise.all(ends);
    expect(await fileLocks(diskPath)).toEqual({ holders: [], waiting: [] });
  });

  test('needs no disk', async () => {
    const definition = defineGuest({ name: 'ram1' });
    await tiny.install({ definition, diskPaths: [] }, quiet);
    expect(await tiny.boot(definition)).toMatchObject({ args: expect.stringContaining('tiny.root=ram') });
  });

  test('is offered as failed with the reason where apt is not there', async () => {
    vi.stubEnv('PATH', await brokenTools());
    const without = createTinyOs(folder);
    await expect(without.prepare(quiet)).rejects.toThrow('no network');
    expect(without.offer()).toMatchObject({ state: 'failed', detail: expect.stringContaining('no network') });
    await expect(without.boot(defineGuest())).rejects.toMatchObject({ code: 'unavailable' });
    expect((await readdir(folder)).filter((name) => name.startsWith('.build'))).toEqual([]);
  });

  test('stays as it is where apt cannot be asked again', { timeout: 120_000 }, async () => {
    vi.stubEnv('PATH', await brokenTools());
    const later = createTinyOs(folderForTests);
    const said: string[] = [];
    await later.prepare({ log: (message) => said.push(message), progress() {} });
    expect(later.offer()).toEqual(tiny.offer());
    expect(said.join()).toContain('no network');
  });

  /** A folder that stands before the real tools in the search path: what makes file systems never ends. */
  async function endlessTools(): Promise<string> {
    const tools = join(folder, 'tools');
    await mkdir(tools, { recursive: true });
    await writeFile(join(tools, 'mke2fs'), '#!/bin/sh\nexec sleep 1000\n', { mode: 0o755 });
    return tools;
  }

  /** Likewise: a node without a network. */
  async function brokenTools(): Promise<string> {
    const tools = join(folder, 'tools');
    await mkdir(tools, { recursive: true });
    await writeFile(join(tools, 'apt-cache'), '#!/bin/sh\necho "no network" >&2\nexit 1\n', { mode: 0o755 });
    return tools;
  }
});

describe('kernel modules', () => {
  const moduleFile = (depends: string) => `\x7fELF\0license=GPL\0depends=${depends}\0name=x\0`;

  test('come after what they depend on, each once, without those built in', async () => {
    const files = {
      'a/virtio-pci.ko': 'virtio_ring,virtio',
      'a/virtio_ring.ko': 'virtio',
      'b/virtio.ko': '',
      'b/rng.ko': 'core',
    };
    for (const [path, depends] of Object.entries(files)) {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), moduleFile(depends));
    }
    const collected = await collectModules(folder, ['virtio_pci', 'rng', 'virtio'], ['core']);
    expect(collected.map(({ name }) => name)).toEqual(['virtio', 'virtio_ring', 'virtio_pci', 'rng']);
    await expect(collectModules(folder, ['none'], [])).rejects.toMatchObject({ code: 'not_found' });
  });

  test('packed ones are unpacked', async () => {
    await writeFile(join(folder, 'x.ko'), moduleFile(''));
    execFileSync('xz', [join(folder, 'x.ko')]);
    const [collected] = await collectModules(folder, ['x'], []);
    expect(collected?.data).toEqual(Buffer.from(moduleFile('')));
    expect((await readFile(join(folder, 'x.ko.xz'))).length).toBeGreaterThan(0);
  });

  test('have their names from their files', () => {
    expect(moduleName('kernel/drivers/char/hw_random/virtio-rng.ko.xz')).toBe('virtio_rng');
    expect(parseDepends(Buffer.from('nothing'))).toEqual([]);
  });
});

test('every folder stands before what is in it', () => {
  const entries = withFolders([{ path: 'a/b/c', mode: 0o100644, data: Buffer.alloc(0) }]);
  expect(entries.map(({ path }) => path)).toEqual(['a', 'a/b', 'a/b/c']);
});
