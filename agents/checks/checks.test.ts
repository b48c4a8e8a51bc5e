import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NodeCheck } from '@/contract/schemas/node';
import { ok, missing, warn } from './check';
import { judgeDrbd, parseModuleOptions, type DrbdReading } from './drbd';
import { judgeLvm, parseGroups, parseLvmVersion, readFilter, type LvmReading } from './lvm';
import { judgeMachine, parseSynchronized, type MachineReading } from './machine';
import { checkNode, rememberChecks } from './node-checks';
import { judgeQemu, readDevices, type QemuReading } from './qemu';
import { formatChecks, requireNothingMissing } from './say-checks';

const statesOf = (checks: NodeCheck[]) => Object.fromEntries(checks.map(({ code, state }) => [code, state]));

describe('LVM', () => {
  const lvm: LvmReading = {
    version: '2.03.16',
    config: 'global_filter="r|^/dev/drbd|"\nuse_devicesfile=0\n',
    groups: [{ name: 'xenvg', sizeMiB: 20_476, freeMiB: 10_240 }],
  };
  const filterState = (config: string) => statesOf(judgeLvm({ ...lvm, config }))['lvm-filter'];

  it('is as it should be with a group, and with DRBD devices left alone', () => {
    const checks = judgeLvm(lvm);
    expect(statesOf(checks)).toEqual({ lvm: 'ok', 'lvm-filter': 'ok', 'volume-group': 'ok' });
    expect(checks[2]?.says).toBe('Volume groups: xenvg (10 GiB of 20 GiB free).');
  });

  it('is one thing to mend where it is not installed', () => {
    expect(judgeLvm({ version: null, config: '', groups: [] })).toEqual([
      expect.objectContaining({ code: 'lvm', state: 'warn', mend: 'apt-get install lvm2' }),
    ]);
  });

  it('needs a volume group', () => {
    expect(statesOf(judgeLvm({ ...lvm, groups: [] }))['volume-group']).toBe('warn');
  });

  it.each([
    ['global_filter=["a|.*|"]', 'missing'],
    ['global_filter=["a|^/dev/sda|","r|.*|"]', 'ok'],
    ['global_filter=["a|^/dev/|","r|^/dev/drbd|"]', 'missing'],
    ['global_filter=["r/drbd/"]', 'ok'],
    ['global_filter=["r[/dev/drbd.*]"]', 'ok'],
    ['global_filter=["a|(|","r|^/dev/drbd[0-9]+$|"]', 'ok'],
    ['', 'missing'],
    ['global_filter=["a|.*|"]\nuse_devicesfile=1', 'ok'],
  ])('with %s lets it be: %s', (config, state) => {
    expect(filterState(config)).toBe(state);
  });

  it.each([
    ['global_filter="r|^/dev/drbd|"', 'warn'],
    ['global_filter=["r|^/dev/drbd|","r|^/dev/loop|"]', 'ok'],
    ['global_filter=["r|^/dev/loop|"]', 'missing'],
  ])('where file disks are loop devices, with %s: %s', (config, state) => {
    expect(statesOf(judgeLvm({ ...lvm, config }, { hasLoops: true }))['lvm-filter']).toBe(state);
  });

  it('reads what LVM prints', () => {
    expect(parseLvmVersion('  LVM version:     2.03.16(2) (2022-05-18)\n  Library version: 1.02')).toBe(
      '2.03.16',
    );
    expect(parseLvmVersion('')).toBeNull();
    expect(readFilter('global_filter=["a|^/dev/sda|","r|.*|"]')).toEqual(['a|^/dev/sda|', 'r|.*|']);
    expect(
      parseGroups('{"report":[{"vg":[{"vg_name":"xenvg","vg_size":"20476.00","vg_free":"512.50"}]}]}'),
    ).toEqual([{ name: 'xenvg', sizeMiB: 20_476, freeMiB: 512 }]);
    expect(parseGroups('  {\n      "report": [\n          {\n "vg": [\n ]\n }\n ]\n  }\n')).toEqual([]);
  });
});

describe('DRBD', () => {
  const drbd: DrbdReading = {
    version: '8.4.11',
    isLoaded: true,
    minorCount: 128,
    usermodeHelper: '/bin/true',
    hasPrograms: true,
  };

  it('is as it should be with many minors and without a helper', () => {
    for (const usermodeHelper of ['/bin/true', 'disabled'])
      for (const version of ['8.4.11', '9.2.8'])
        expect(Object.values(statesOf(judgeDrbd({ ...drbd, usermodeHelper, version })))).toEqual(
          Array.from({ length: 4 }, () => 'ok'),
        );
  });

  it('is one thing to mend where the kernel has none', () => {
    expect(statesOf(judgeDrbd({ ...drbd, version: null }))).toEqual({ drbd: 'warn' });
  });

  it('needs its programs, room, no helper, and a version that is known', () => {
    const bare = { version: '8.3.11', minorCount: null, usermodeHelper: null, hasPrograms: false };
    const checks = judgeDrbd({ ...drbd, ...bare, isLoaded: false });
    expect(statesOf(checks)).toEqual({
      drbd: 'warn',
      'drbd-programs': 'warn',
      'drbd-minors': 'warn',
      'drbd-helper': 'missing',
    });
    expect(checks[2]?.says).toBe('DRBD has room for only 32 mirrored disks.');
    expect(checks[3]?.mend).toContain('options drbd minor_count=128 usermode_helper=/bin/true');
  });

  it('reads what the module would be loaded with', () => {
    const config = 'alias a b\noptions drbd minor_count=128 usermode_helper=/bin/true\noptions drbd_x y=1\n';
    expect(parseModuleOptions(config)).toEqual({ minorCount: 128, usermodeHelper: '/bin/true' });
    expect(parseModuleOptions('options kvm x=1\n')).toEqual({ minorCount: null, usermodeHelper: null });
  });
});

describe('QEMU', () => {
  const qemu: QemuReading = {
    version: '7.2.22',
    canCopy: true,
    kvm: { cpuinfo: 'flags\t: svm\n', device: 'opens' },
    devices: [
      { device: '/dev/kvm', access: 'open' },
      { device: '/dev/net/tun', access: 'open' },
    ],
  };

  it('is as it should be with KVM and both devices', () => {
    expect(new Set(Object.values(statesOf(judgeQemu(qemu))))).toEqual(new Set(['ok']));
  });

  it('is missing where it is not installed', () => {
    expect(statesOf(judgeQemu({ ...qemu, version: null }))['qemu']).toBe('missing');
    expect(statesOf(judgeQemu({ ...qemu, canCopy: false }))['qemu-utils']).toBe('warn');
  });

  it('does not speak of the device of a KVM that is not used', () => {
    const checks = judgeQemu({ ...qemu, kvm: { cpuinfo: '', device: 'missing' } });
    expect(statesOf(checks)).toEqual({
      qemu: 'ok',
      'qemu-utils': 'ok',
      kvm: 'warn',
      'device /dev/net/tun': 'ok',
    });
  });

  it.each([
    ['root', 'chmod 666 /dev/net/tun'],
    ['absent', 'modprobe tun'],
  ] as const)('tells how to mend a device that is %s', (access, mend) => {
    const found = judgeQemu({ ...qemu, devices: [{ device: '/dev/net/tun', access }] });
    expect(found.at(-1)).toMatchObject({ state: 'warn', mend: expect.stringContaining(mend) });
  });

  it.skipIf(process.getuid?.() !== 0)('finds out how devices open (needs root to give away)', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'devices-'));
    const make = async (name: string, mode: number, gid: number) => {
      await writeFile(join(folder, name), '');
      await chown(join(folder, name), 0, gid);
      await chmod(join(folder, name), mode);
    };
    await make('all', 0o666, 0);
    await make('group', 0o660, 104);
    await make('root', 0o600, 0);
    const found = await readDevices(['all', 'group', 'root', 'none'].map((name) => join(folder, name)));
    expect(found.map(({ access }) => access)).toEqual(['open', 'open', 'root', 'absent']);
    await rm(folder, { recursive: true });
  });
});

describe('the machine', () => {
  const machine: MachineReading = {
    ...{ bridges: ['br0'], name: 'node1', addresses: ['10.0.0.1'], isClockKept: true },
  };

  it('is as it should be with a bridge, a name and a clock', () => {
    expect(statesOf(judgeMachine(machine))).toEqual({ bridges: 'ok', name: 'ok', clock: 'ok' });
  });

  it('is warned of without', () => {
    const bare = { ...machine, bridges: [], addresses: [], isClockKept: false };
    expect(statesOf(judgeMachine(bare))).toEqual({ bridges: 'warn', name: 'warn', clock: 'warn' });
  });

  it('says nothing of a clock that nobody knows about', () => {
    expect(statesOf(judgeMachine({ ...machine, isClockKept: null }))).not.toHaveProperty('clock');
    expect([parseSynchronized('yes\n'), parseSynchronized('no\n'), parseSynchronized('')]).toEqual([
      true,
      false,
      null,
    ]);
  });
});

describe('the checks of a node', () => {
  it('say of this very machine what the contract wants to know', async () => {
    const checks = await checkNode();
    expect(checks.map((check) => NodeCheck.parse(check))).toEqual(checks);
    expect(new Set(checks.map(({ code }) => code)).size).toBe(checks.length);
  });

  it('are made again when they are ten minutes old, and after a failure', async () => {
    let now = 0;
    let count = 0;
    const read = rememberChecks(
      () => {
        count += 1;
        return count === 2 ? Promise.reject(new Error('no')) : Promise.resolve([ok('a', String(count))]);
      },
      () => now,
    );
    expect(await Promise.all([read(), read()])).toEqual([[ok('a', '1')], [ok('a', '1')]]);
    now = 599_999;
    expect(await read()).toEqual([ok('a', '1')]);
    now = 600_000;
    await expect(read()).rejects.toThrow('no');
    expect(await read()).toEqual([ok('a', '3')]);
    expect(await read({ again: true })).toEqual([ok('a', '4')]);
    expect(await read()).toEqual([ok('a', '4')]);
  });

  it('are printed with how to mend what is not as it should be', () => {
    const checks = [ok('a', 'A.'), warn('b', 'B.', 'do b'), missing('c', 'C.', 'do c')];
    expect(formatChecks(checks)).toBe(
      'ok       A.\nwarning  B.\n         → do b\nmissing  C.\n         → do c\n',
    );
    expect(() => requireNothingMissing(checks)).toThrow('One thing has to be mended');
    requireNothingMissing(checks.slice(0, 2));
  });
});
