import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { makeTempFolder } from '../testing/temp-folder';
import { findDefinitions } from './script-definition';
import { toPlainLine } from './script-run';
import { about, makeScriptOs, withScriptOs, writeDefinition } from './testing/script-os';

const slow = { timeout: 60_000 };

describe('OS definitions of the node', () => {
  test('are found by name with variants and parameters, the first of a name in the path', async () => {
    const [first, second] = [await makeTempFolder(), await makeTempFolder()];
    await writeDefinition(first, 'debootstrap', {
      create: 'true',
      'variants.list': 'bookworm\n\n trixie \n',
      'parameters.list': 'filesystem The file system.\nbare\n',
    });
    await writeDefinition(second, 'debootstrap', {});
    await writeDefinition(second, 'alpine', { create: 'true' });
    await writeFile(join(first, 'a-file'), '');
    await writeDefinition(first, '.hidden', { create: 'true' });
    const found = await findDefinitions([first, second, join(first, 'nowhere')]);
    expect(found.map(({ offer }) => offer)).toEqual([
      { name: 'alpine', variants: [], parameters: [], problem: null },
      {
        name: 'debootstrap',
        variants: ['bookworm', 'trixie'],
        parameters: [
          { name: 'filesystem', description: 'The file system.' },
          { name: 'bare', description: '' },
        ],
        problem: null,
      },
    ]);
  });

  test.each([
    ['20\n', 20],
    ['15\n10\n5\n', 15],
    ['10', 10],
  ])('speak the best version of %j', async (ganeti_api_version, version) => {
    const folder = await makeTempFolder();
    await writeDefinition(folder, 'os', { create: 'true', 'variants.list': 'v\n', ganeti_api_version });
    const [found] = await findDefinitions([folder]);
    expect(found?.definition?.apiVersion).toBe(version);
    expect(found?.definition?.variants).toEqual(version === 10 ? [] : ['v']);
  });

  test.each([
    [{}, 'it has no script create that can be run'],
    [{ create_untrusted: 'true' }, 'it has no script create that can be run but create_untrusted'],
    [{ create: 'true', ganeti_api_version: '5\n' }, 'its API version is 5, not 20, 15, 10'],
    [{ create: 'true', 'variants.list': '../x\n' }, 'it has a variant that cannot be one: "../x"'],
    [{ create: 'true', 'parameters.list': 'a=b c\n' }, 'it has a parameter that cannot be one: "a=b"'],
  ])('that are not valid say why: %j', async (files, problem) => {
    const folder = await makeTempFolder();
    await writeDefinition(folder, 'os', files);
    const [found] = await findDefinitions([folder]);
    expect(found).toEqual({ definition: null, offer: expect.objectContaining({ problem }) });
  });

  test('are not valid where a list is a link that leads nowhere', async () => {
    const folder = await makeTempFolder();
    const os = await writeDefinition(folder, 'os', { create: 'true' });
    await symlink('/nowhere/variants.list', join(os, 'variants.list'));
    const [found] = await findDefinitions([folder]);
    expect(found?.offer.problem).toMatch(/ENOENT.*variants.list/);
  });
});

describe('an OS that scripts install', () => {
  test(
    'is installed with nothing but the promised environment, in the folder of its definition',
    slow,
    async () => {
      const create = '/usr/bin/env -0 > "$DISK_0_PATH"; pwd >> "$DISK_0_PATH"; echo done; cat >&2';
      const { os, disk, folder, told, report } = await makeScriptOs({
        create,
        'variants.list': 'bookworm\n',
        'parameters.list': 'root-size In MiB.\n',
      });
      vi.stubEnv('SECRET_OF_AGENT', 'x');
      const choice = { variant: 'bookworm', params: { 'root-size': '5 $(id) "' } };
      const disks = withScriptOs().disks.map((one) => ({ ...one, name: 'root', mode: 'ro' as const }));
      const definition = withScriptOs(choice, { disks });
      await os.install({ definition, diskPaths: [disk], about }, report);
      const written = (await readFile(disk, 'utf8')).split('\0');
      expect(written.pop()?.trim()).toBe(join(folder, 'test'));
      const env = Object.fromEntries(
        written.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
      );
      const [diskOf] = definition.disks;
      const [nic] = definition.nics;
      expect(env).toMatchObject({
        ...{ OS_API_VERSION: '20', OS_NAME: 'test', OS_VARIANT: 'bookworm', DEBUG_LEVEL: '0' },
        ...{ OSP_ROOT_SIZE: '5 $(id) "', PATH: '/sbin:/bin:/usr/sbin:/usr/bin' },
        ...{ INSTANCE_NAME: 'web1', INSTANCE_OS: 'test+bookworm', INSTANCE_UUID: definition.id },
        ...{ INSTANCE_CTIME: '1767323045', INSTANCE_MTIME: '1770091506', HYPERVISOR: 'fake' },
        ...{ INSTANCE_PRIMARY_NODE: 'node1', INSTANCE_SECONDARY_NODES: 'node2' },
        ...{ DISK_COUNT: '1', DISK_0_PATH: disk, DISK_0_SIZE: '64', DISK_0_ACCESS: 'ro' },
        DISK_0_NAME: 'root',
        ...{ DISK_0_UUID: diskOf?.id, DISK_0_URI: '', DISK_0_FRONTEND_TYPE: 'paravirtual' },
        ...{ DISK_0_BACKEND_TYPE: 'block', NIC_COUNT: '1', NIC_0_MAC: nic?.mac, NIC_0_UUID: nic?.id },
        ...{ NIC_0_MODE: 'user', INSTANCE_BE_vcpus: '1', INSTANCE_BE_maxmem: '128' },
        ...{ INSTANCE_BE_minmem: '128', INSTANCE_HV_serial_console: 'True', INSTANCE_HV_kernel_path: '' },
      });
      // Bash adds three of its own.
      const strange = Object.keys(env).filter(
        (key) => !/^(OS|OSP|INSTANCE|DISK|NIC)_|^(PATH|DEBUG_LEVEL|HYPERVISOR|PWD|SHLVL|_)$/.test(key),
      );
      expect(strange).toEqual([]);
      expect(told).toEqual(['done']);
    },
  );

  test('is told of a reinstallation, and of no parameters before version 20', slow, async () => {
    const create = 'echo "again=$INSTANCE_REINSTALL variant=$OS_VARIANT version=$OS_API_VERSION"';
    const { os, disk, told, report } = await makeScriptOs({
      create,
      ganeti_api_version: '10\n',
      verify: 'exit 1',
    });
    await os.install({ definition: withScriptOs(), diskPaths: [disk], about, reinstall: true }, report);
    expect(told).toEqual(['again=1 variant= version=10']);
  });

  test(
    'says how its script failed, with the last 20 lines, and keeps all of them in a file',
    slow,
    async () => {
      const create =
        'for i in $(seq 1 50); do echo "line $i"; done; printf "\\e[31mtoo\\e[0m small\\n" >&2; sleep 0.2; exit 3';
      const { os, disk, logFolder, report } = await makeScriptOs({ create });
      const failed = os.install({ definition: withScriptOs(), diskPaths: [disk], about }, report);
      const error = await failed.then(
        () => null,
        (thrown: unknown) => thrown,
      );
      const [log = ''] = (await readdir(logFolder)).filter((name) => name.startsWith('create-test-web1-'));
      expect(error).toMatchObject({
        code: 'tool_failed',
        details: { exitCode: 3, log: join(logFolder, log) },
      });
      const message = error instanceof Error ? error.message : '';
      expect(message).toMatch(
        /^the script create of OS test ended with exit code 3 \(.*\)\. The last it said:\nline 32\n/,
      );
      expect(message).toContain('too small');
      expect(message).not.toContain('line 31\n');
      const lines = (await readFile(join(logFolder, log), 'utf8')).trim().split('\n');
      expect(lines).toHaveLength(51);
    },
  );

  test('is refused before anything is written where verify refuses its parameters', slow, async () => {
    const { os, disk, report } = await makeScriptOs({
      create: 'echo written > $DISK_0_PATH',
      verify: '[ "$1" = parameters ] && [ "$OSP_FS" = ext4 ] || { echo "no such file system"; exit 1; }',
      'parameters.list': 'fs The file system.\n',
    });
    const definition = withScriptOs({ params: { fs: 'ntfs' } });
    const refused = {
      code: 'tool_failed',
      message: expect.stringMatching(/script verify .*no such file system/s),
    };
    await expect(os.verify?.(definition.os, report)).rejects.toMatchObject(refused);
    await expect(os.install({ definition, diskPaths: [disk], about }, report)).rejects.toMatchObject(refused);
    expect(await readFile(disk, 'utf8')).toBe('');
    await os.verify?.({ ...withScriptOs({ params: { fs: 'ext4' } }).os }, report);
  });

  test('is refused where the node does not have it as it was chosen', slow, async () => {
    const { os, report } = await makeScriptOs({ create: 'true', 'variants.list': 'a\n' });
    const verify = (choice: object) => os.verify?.(withScriptOs(choice).os, report);
    await expect(verify({ name: 'other' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(verify({ variant: 'b' })).rejects.toMatchObject({
      code: 'invalid',
      message: 'the node has no variant b of OS test',
    });
    await expect(verify({ variant: 'a', params: { x: '1' } })).rejects.toMatchObject({ code: 'invalid' });
    await verify({ variant: 'a' });
  });

  test(
    'ends with all that it started when it is canceled, after cleaning up behind itself',
    slow,
    async () => {
      const create = 'trap "echo cleaned" EXIT; sleep 1000 & echo "pid $!"; wait';
      const { os, disk, told, report } = await makeScriptOs({ create });
      const cancel = new AbortController();
      const installing = os.install(
        { definition: withScriptOs(), diskPaths: [disk], about },
        { ...report, signal: cancel.signal },
      );
      await expect.poll(() => told.find((line) => line.startsWith('pid ')), { timeout: 30_000 }).toBeTruthy();
      const pid = Number(told[0]?.slice(4));
      cancel.abort();
      await expect(installing).rejects.toMatchObject({ code: 'canceled' });
      expect(told).toContain('cleaned');
      await expect.poll(() => isAlive(pid)).toBe(false);
    },
  );

  test('is killed when it ignores that, and when it takes too long', slow, async () => {
    const create = 'trap "" TERM; echo started; while true; do sleep 0.1; done';
    const { os, disk, report } = await makeScriptOs({ create }, { installMs: 1_500, graceMs: 500 });
    await expect(
      os.install({ definition: withScriptOs(), diskPaths: [disk], about }, report),
    ).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('did not end in 1.5 s') });
  });

  test('waits for a script that a lost agent left behind on the same disk', slow, async () => {
    const { os, disk, told, report } = await makeScriptOs({
      create: 'echo mine',
    });
    const other = execFileSync('bash', ['-c', `flock --no-fork '${disk}' sleep 2 >/dev/null 2>&1 & echo $!`]);
    await os.install({ definition: withScriptOs(), diskPaths: [disk], about }, report);
    expect(told).toContain('mine');
    expect(isAlive(Number(other))).toBe(false);
  });

  test('is renamed by its script, or left as it is where it has none', slow, async () => {
    const rename = 'echo "$OLD_INSTANCE_NAME becomes $INSTANCE_NAME on $DISK_0_PATH"';
    const renaming = await makeScriptOs({ create: 'true', rename });
    const request = { definition: withScriptOs(), diskPaths: [renaming.disk], about, oldName: 'old1' };
    await renaming.os.rename?.(request, renaming.report);
    expect(renaming.told).toEqual([`old1 becomes web1 on ${renaming.disk}`]);
    const plain = await makeScriptOs({ create: 'true' });
    await plain.os.rename?.({ ...request, diskPaths: [plain.disk] }, plain.report);
    expect(plain.told).toEqual(['OS test has no script rename: the guest keeps its own name']);
  });

  test('boots what it was installed with', async () => {
    const { os } = await makeScriptOs({ create: 'true' });
    expect(await os.boot(withScriptOs())).toEqual({ kind: 'firmware' });
  });
});

test('a line is told as a terminal would show it', () => {
  expect(toPlainLine('10%\r50%\r100%\r')).toBe('100%');
  expect(toPlainLine('\u001b[1;31mred\u001b[0m\ta\u0007b  ')).toBe('red a b');
  expect(toPlainLine('')).toBe('');
});

/** A zombie, which whoever adopted it has not waited for yet, is not. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
