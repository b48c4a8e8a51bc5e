// What is done to instances on a real Xen node, of each kind: what Xen itself shows counts. `e2e/xen-nodes.e2e.ts` has the shortest way through.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type XenKind, xenKinds } from '@/contract/hypervisor-kind';
import { z } from 'zod';
import { api } from '@/contract/paths';
import { Instance } from '@/contract/schemas/instance';
import { VolumeList } from '@/contract/schemas/volume';
import { openConsole, openSerial, type Serial, signInTiny } from '@/e2e/serial';
import { type RealCluster, startRealCluster } from './testing/real-cluster';
import { until } from './testing/until';
import { domainsOf, leftoversOf } from './testing/xen-node';

let cluster: RealCluster;

beforeAll(async () => {
  cluster = await startRealCluster({ xenNodes: 1 });
  // What a guest switches off by itself is not started again.
  await cluster.rest.call('PATCH', api.cluster(cluster.clusterId), z.unknown(), { userShutdown: true });
}, 1_200_000);
afterAll(() => cluster.close());

const node = () => cluster.lab.node('xen1');
const domains = () => domainsOf(node());
const leftovers = () => leftoversOf(node());

/** A domain that somebody made by hand and never let run; ends with its number. */
async function makeForeign(name: string, memoryMiB: number, disk = ''): Promise<number> {
  const lines = [
    `name = "${name}"`,
    'type = "pv"',
    `memory = ${memoryMiB}`,
    'kernel = "KERNEL"',
    `disk = [${disk}]`,
  ];
  const kernel = '$(ls /var/lib/corral/agent/os/tiny/*/vmlinuz)';
  await node().run(
    `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} | sed "s#KERNEL#${kernel}#" >/root/foreign.cfg`,
  );
  return Number(await node().run(`xl create -q -e -p /root/foreign.cfg && xl domid ${name}`));
}

describe('what stands in the way of a start', () => {
  it('is a domain of that name which somebody else made; it is left alone', async () => {
    await makeForeign('taken.test', 128);
    const wish = { name: 'taken.test', hypervisor: 'xen-pvm', diskTemplate: 'plain' } as const;
    await expect(cluster.create(wish)).rejects.toThrow('runs a domain of that name already');
    expect(await domains()).toBe('taken.test');
    await node().run('xl destroy taken.test');
    expect(await leftovers()).toBe('');
  });

  it('is memory that the node has not, kernels that are not there, and bridges that are gone: each is said', async () => {
    const wish = { name: 'odd.test', hypervisor: 'xen-pvm', diskTemplate: 'plain', start: false } as const;
    const { id } = await cluster.create({ ...wish, memoryMiB: 256 });
    const start = () => cluster.order('POST', api.instancePower(id, 'start'));
    await makeForeign('eater', 450);
    await expect(start()).rejects.toThrow(/needs 257 MiB, and the node has \d+ MiB left/);
    await node().run('xl destroy eater');
    await cluster.order('PATCH', api.instance(id), { hvParams: { kernelPath: '/boot/nothing-here' } });
    await expect(start()).rejects.toThrow('no kernel file /boot/nothing-here');
    await cluster.order('PATCH', api.instance(id), { hvParams: {} });
    await node().run('ip link set br0 down; ip link set br0 name br9');
    await expect(start()).rejects.toThrow(/no bridge br0/);
    await node().run('ip link set br9 name br0; ip link set br0 up');
    await until(
      () => cluster.node('xen1'),
      ({ facts }) => facts?.bridges.includes('br0') ?? false,
    );
    expect(await domains()).toBe('');
    await cluster.order('DELETE', api.instance(id), { confirmName: 'odd.test' });
    expect(await leftovers()).toBe('');
  });
});

describe('a disk that something else on the node may write to', { timeout: 600_000 }, () => {
  it('keeps its instance from starting: who it is, is said', async () => {
    const wish = {
      name: 'claimed.test',
      hypervisor: 'xen-pvm',
      diskTemplate: 'plain',
      start: false,
    } as const;
    const { id } = await cluster.create(wish);
    const { disks } = await cluster.rest.call('GET', api.instance(id), Instance);
    const path = `/dev/corral/disk-${disks[0]?.id}`;
    const start = () => cluster.order('POST', api.instancePower(id, 'start'));
    await node().run(`lvchange -ay ${path}`);
    const domid = await makeForeign('holds.test', 128, `"phy:${path},xvda,w"`);
    await expect(start()).rejects.toThrow(new RegExp(`is a disk of the domain ${domid}$`));
    await node().run('xl destroy holds.test');
    await node().run(`lvchange -ay ${path} && mount ${path} /mnt`);
    await expect(start()).rejects.toThrow(/is mounted on the node, or lies below another device$/);
    expect(await domains()).toBe('');
    await node().run('umount /mnt');
    await start();
    await cluster.order('DELETE', api.instance(id), { confirmName: wish.name });
    expect(await leftovers()).toBe('');
  });
});

describe('a volume of nobody that a domain of somebody else has as its disk', () => {
  it('is not removed: the domain is named', async () => {
    const wish = { name: 'gone.test', hypervisor: 'xen-pvm', diskTemplate: 'plain', start: false } as const;
    const { id: instanceId } = await cluster.create(wish);
    const { disks } = await cluster.rest.call('GET', api.instance(instanceId), Instance);
    const name = `disk-${disks[0]?.id}`;
    const tags = (await node().run(`lvs --noheadings -o lv_tags corral/${name}`)).trim().split(',');
    await cluster.order('DELETE', api.instance(instanceId), { confirmName: wish.name });
    const tagged = tags.map((tag) => `--addtag ${tag}`).join(' ');
    await node().run(`lvcreate -q -q -y -Wn -L 8M -n ${name} ${tagged} corral`);
    const domid = await makeForeign('holds.test', 128, `"phy:/dev/corral/${name},xvda,w"`);
    const { id } = await cluster.node('xen1');
    await until(
      () => cluster.rest.call('GET', api.nodeVolumes(id), VolumeList),
      ({ items }) => items.some((volume) => volume.name === name && volume.owner === 'orphan'),
    );
    const volume = { kind: 'vg', pool: 'corral', name, confirmName: name };
    const remove = () => cluster.order('POST', api.nodeVolumeRemove(id), volume);
    await expect(remove()).rejects.toThrow(`used by the domain ${domid}`);
    expect(await domains()).toBe('holds.test');
    await node().run('xl destroy holds.test');
    await remove();
    expect(await leftovers()).toBe('');
  });
});

describe.each(xenKinds)('an instance of kind %s', { timeout: 900_000 }, (hypervisor: XenKind) => {
  let id = '';
  let serial: Serial;
  const see = () => cluster.rest.call('GET', api.instance(id), Instance);
  const order = (...asked: Parameters<RealCluster['order']>) => cluster.order(...asked);
  const power = (action: 'start' | 'stop' | 'reboot' | 'pause' | 'resume', body: object = {}) =>
    order('POST', api.instancePower(id, action), body);
  const domid = async () => Number(await node().run(`xl domid ${hypervisor}.test 2>/dev/null || echo 0`));
  const bootId = async () => (await serial.run('cat /proc/sys/kernel/random/boot_id')).trim();
  /** Looks in the guest for what takes it a moment to notice. */
  const seesIn = (path: string) => serial.run(`until [ -e ${path} ]; do sleep 0.1; done; cat ${path}`);

  it('is created on a volume of the node and talks on its serial line', async () => {
    ({ id } = await cluster.create({ name: `${hypervisor}.test`, hypervisor, diskTemplate: 'plain' }));
    expect(await see()).toMatchObject({ status: 'running', accelerator: 'xen', hypervisor });
    expect(await domains()).toBe(`${hypervisor}.test`);
    serial = await openSerial(cluster.rest, id);
    await signInTiny(serial);
    expect(await serial.run('awk \'$2 == "/" { print $1 }\' /proc/mounts')).toContain('/dev/xvda');
    await serial.run('echo kept > /root/kept; sync');
  });

  it('stands still and goes on, gives memory back and gets it again', async () => {
    await power('pause');
    expect(await see()).toMatchObject({ status: 'paused' });
    await power('resume');
    await order('PATCH', api.instance(id), { minMemoryMiB: 96 });
    await order('PATCH', api.instance(id), { runtimeMemoryMiB: 112 });
    // With that of its screen.
    const hasMiB = hypervisor === 'xen-hvm' ? 128 : 112;
    expect(Number(await node().run(`xl list ${hypervisor}.test | awk 'NR > 1 { print $3 }'`))).toBe(hasMiB);
    await order('PATCH', api.instance(id), { runtimeMemoryMiB: 128 });
  });

  it('gets a disk and a NIC while it runs, loses them again, and sees its disk grow', async () => {
    await order('POST', api.instanceDisks(id), { sizeMiB: 32 });
    expect(await seesIn('/sys/block/xvdb/size')).toContain(String(32 * 2048));
    const added = (await see()).disks.at(-1);
    await order('DELETE', api.instanceDisk(id, added?.id ?? ''));
    await order('PATCH', api.instance(id), { addNics: [{ mode: 'bridged', link: 'br0' }] });
    expect(await seesIn('/sys/class/net/eth1/address')).toContain((await see()).nics.at(-1)?.mac ?? 'no NIC');
    await order('PATCH', api.instance(id), { removeNicIds: [(await see()).nics.at(-1)?.id] });
    const [disk] = (await see()).disks;
    await order('PATCH', api.instanceDisk(id, disk?.id ?? ''), { newSizeMiB: 96 });
    const size = `until [ $(cat /sys/block/xvda/size) = ${96 * 2048} ]; do head -c 4096 /dev/xvda >/dev/null; sync; sleep 0.1; done; echo grown`;
    expect(await serial.run(size)).toContain('grown');
  });

  it('comes back under another number when its guest restarts it, and when it is rebooted from outside', async () => {
    for (const reboot of [
      () => serial.type('reboot'),
      () => power('reboot', { hard: true }),
      () => power('reboot'),
    ]) {
      const [number, boot, from] = [await domid(), await bootId(), serial.text().length];
      await reboot();
      await until(domid, (now) => now !== number && now > 0);
      await serial.until(/login: *$/, from);
      await signInTiny(serial);
      expect(await bootId()).not.toBe(boot);
      expect(await serial.run('cat /root/kept')).toContain('kept');
      expect(await see()).toMatchObject({ status: 'running' });
    }
  });

  it('is stopped where its guest switches it off, and says that it crashed when its guest does', async () => {
    serial.type('poweroff');
    await until(see, ({ status }) => status === 'userDown');
    await cluster.untilQuiet();
    expect(await domains()).toBe('');
    await power('start');
    await until(see, ({ status }) => status === 'running');
    const again = await openSerial(cluster.rest, id);
    await signInTiny(again);
    again.type('echo 1 >/proc/sys/kernel/panic_on_oops; echo c >/proc/sysrq-trigger');
    const { operDetail } = await until(see, ({ operState }) => operState === 'crashed');
    expect(operDetail).toMatch(/crashed.*last words/s);
    again.close();
    await cluster.untilQuiet();
  });

  it('is removed with all that it had', async () => {
    await power('stop', { force: true }).catch(() => {});
    serial.close();
    await order('DELETE', api.instance(id), { confirmName: `${hypervisor}.test` });
    expect(await leftovers()).toBe('');
  });
});

/** Asked whether it is one, a viewer hears what a screen says first. */
async function seeScreen(instanceId: string): Promise<string> {
  let seen = '';
  const onData = (data: Buffer) => (seen += data.toString('latin1'));
  const socket = await openConsole(cluster.rest, { instanceId, kind: 'screen', onData });
  const said = await until(
    async () => seen,
    (text) => text.length >= 12,
  );
  socket.close();
  return said;
}

describe('screens', () => {
  it('are there for PV where they are asked for, and not otherwise', async () => {
    const wish = { diskTemplate: 'plain', start: false } as const;
    const { id } = await cluster.create({ ...wish, name: 'framed.test', hypervisor: 'xen-pvm' });
    const start = () => cluster.order('POST', api.instancePower(id, 'start'));
    const stop = () => cluster.order('POST', api.instancePower(id, 'stop'), { force: true });
    await cluster.order('PATCH', api.instance(id), { hvParams: { screen: true } });
    await start();
    expect(await seeScreen(id)).toMatch(/^RFB 003\.008\n/);
    await stop();
    await cluster.order('PATCH', api.instance(id), { hvParams: { screen: false } });
    await start();
    const model = '/local/domain/$(xl domid framed.test)/image/device-model-pid';
    expect((await node().run(`xenstore-exists ${model} || echo none`)).trim()).toBe('none');
    await stop();
    await cluster.order('DELETE', api.instance(id), { confirmName: 'framed.test' });
    expect(await leftovers()).toBe('');
  });
});

/** A sector of a CD that says on the first serial line that it was booted: 16-bit code, then its words. */
const bootSector = [
  ...[0x0e, 0x1f, 0xe8, 0x00, 0x00, 0x5e, 0x83, 0xc6, 0x12, 0xac, 0x84, 0xc0],
  ...[0x74, 0x06, 0xba, 0xf8, 0x03, 0xee, 0xeb, 0xf5, 0xf4, 0xeb, 0xfd],
  ...Buffer.from('The CD boots.\r\n\0'),
];

describe('an HVM instance', { timeout: 900_000 }, () => {
  it('has a screen from the firmware on, boots from the CD in its drive, and has it changed while it runs', async () => {
    const isos = '/var/lib/corral/agent/iso';
    const octal = bootSector.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
    await node().run(
      `mkdir -p /root/cd && printf '${octal}' >/root/cd/boot.bin && truncate -s 2048 /root/cd/boot.bin &&
       genisoimage -quiet -o ${isos}/boots.iso -b boot.bin -no-emul-boot -boot-load-size 4 -c boot.cat /root/cd &&
       cp ${isos}/boots.iso ${isos}/other.iso`,
    );
    const { id } = await cluster.create({
      ...{
        name: 'cd.test',
        hypervisor: 'xen-hvm',
        os: { kind: 'none' },
        diskTemplate: 'plain',
        start: false,
      },
    });
    const modify = (hvParams: object) => cluster.order('PATCH', api.instance(id), { hvParams });
    await modify({ bootOrder: 'cdrom', cdrom: 'boots.iso' });
    await cluster.order('POST', api.instancePower(id, 'start'));
    const serial = await openSerial(cluster.rest, id);
    await serial.until(/The CD boots\./);
    expect(await seeScreen(id)).toMatch(/^RFB 003\.008\n/);
    const inDrive = () =>
      node().run(
        'for d in $(xenstore-list /local/domain/0/backend/qdisk/$(xl domid cd.test) 2>/dev/null); do xenstore-read /local/domain/0/backend/qdisk/$(xl domid cd.test)/$d/params; done',
      );
    expect(await inDrive()).toContain('boots.iso');
    await modify({ bootOrder: 'cdrom', cdrom: 'other.iso' });
    expect(await inDrive()).toContain('other.iso');
    await modify({ bootOrder: 'cdrom', cdrom: null });
    expect(await inDrive()).not.toContain('.iso');
    await modify({ bootOrder: 'cdrom', cdrom: 'boots.iso' });
    const from = serial.text().length;
    await cluster.order('POST', api.instancePower(id, 'reboot'), { hard: true });
    await serial.until(/The CD boots\./, from);
    serial.close();
    await cluster.order('POST', api.instancePower(id, 'stop'), { force: true });
    await cluster.order('DELETE', api.instance(id), { confirmName: 'cd.test' });
    expect(await leftovers()).toBe('');
  });
});
