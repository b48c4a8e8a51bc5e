// What starts a guest's kernel on a real Xen node: a Debian that scripts of the node install, with a kernel of the node and with its own, which
// the node finds for it or GRUB in the domain.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { api } from '@/contract/paths';
import { Instance } from '@/contract/schemas/instance';
import { openSerial } from '@/e2e/serial';
import { type ServedTarball, serveDebianTarball } from './testing/debian-tarball';
import { type RealCluster, startRealCluster } from './testing/real-cluster';
import { leftoversOf } from './testing/xen-node';

const patientMs = 1_800_000;
vi.setConfig({ testTimeout: patientMs });

let tarball: ServedTarball;
let cluster: RealCluster;
const ids: Record<string, string> = {};

beforeAll(async () => {
  tarball = await serveDebianTarball();
  cluster = await startRealCluster({ xenNodes: 1, memoryMiB: 2048, filesUrl: tarball.url });
  await tarball.fillCache(node());
}, patientMs);
afterAll(async () => {
  await cluster?.close();
  tarball?.close();
});

const node = () => cluster.lab.node('xen1');
const see = (name: string) => cluster.rest.call('GET', api.instance(ids[name] ?? ''), Instance);
const volumeOf = async (name: string) => `/dev/corral/disk-${(await see(name)).disks[0]?.id}`;

/** With the first partition of the volume at /mnt of the node. */
async function onRoot(volume: string, command: string): Promise<void> {
  const root = `/dev/mapper/${volume.slice('/dev/'.length).replaceAll('-', '--').replace('/', '-')}-1`;
  await node().run(
    `lvchange -ay ${volume} && kpartx -a -s -p- ${volume} && mount ${root} /mnt && ${command}
     umount /mnt; kpartx -d -p- ${volume}; lvchange -an ${volume}`,
    300_000,
  );
}

/** With these parameters it starts and asks for a login; then it is looked at and switched off. */
async function boots(name: string, hvParams: object, look = async () => {}): Promise<string> {
  const id = ids[name] ?? '';
  await cluster.order('PATCH', api.instance(id), { hvParams });
  await cluster.order('POST', api.instancePower(id, 'start'));
  const serial = await openSerial(cluster.rest, id);
  const from = serial.text().lastIndexOf('Linux version');
  await serial.until(/debian\S* login: /, Math.max(0, from));
  const said = serial.text().slice(Math.max(0, from));
  serial.close();
  await look();
  await cluster.order('POST', api.instancePower(id, 'stop'), { force: true });
  return said;
}

it('is installed on a volume, and boots with a kernel of the node', async () => {
  const { id } = await cluster.create({
    ...{ name: 'debian.test', hypervisor: 'xen-pvm', diskTemplate: 'plain', start: false, memoryMiB: 320 },
    ...{ os: { kind: 'script', name: 'debootstrap', variant: 'default', params: {} } },
    disks: [{ sizeMiB: 2048 }],
  });
  ids['debian.test'] = id;
  const [kernelPath, initrdPath] = (
    await node().run('ls /boot/vmlinuz-*-cloud-amd64 /boot/initrd.img-*-cloud-amd64 | sort -r')
  )
    .trim()
    .split('\n');
  const said = await boots('debian.test', {
    ...{ kernelPath, initrdPath },
    ...{ rootPath: '/dev/xvda1', kernelArgs: 'ro' },
  });
  expect(said).toMatch(/Command line: root=\/dev\/xvda1 ro console=hvc0/);
});

it('boots with the kernel on its own disk, which pygrub finds without any rights on the node', async () => {
  const volume = await volumeOf('debian.test');
  // What a Debian has once its kernel package is installed.
  const menu = [
    'set timeout=1',
    'menuentry "Debian" {',
    '  linux /boot/vmlinuz root=/dev/xvda1 ro console=hvc0 own=yes',
    '  initrd /boot/initrd.img',
    '}',
  ].join('\\n');
  await onRoot(
    volume,
    `mkdir -p /mnt/boot/grub && cp /boot/vmlinuz-*-cloud-amd64 /mnt/boot/vmlinuz &&
     cp /boot/initrd.img-*-cloud-amd64 /mnt/boot/initrd.img && printf '${menu}\\n' >/mnt/boot/grub/grub.cfg`,
  );
  // Who it runs as is seen while it reads.
  const seen = '/run/pygrub-seen';
  await node().run(
    `setsid sh -c 'while ! ps -C pygrub -o user:32=,args= >${seen}.new || ! grep ^corral-pygrub ${seen}.new >${seen}; do :; done' >/dev/null 2>&1 &`,
  );
  const ownsNothing = async () => expect((await node().run(`stat -L -c %U ${volume}`)).trim()).toBe('root');
  const said = await boots('debian.test', { bootloader: 'pygrub' }, ownsNothing);
  expect(said).toMatch(/Command line: .*own=yes/);
  expect(await node().run(`cat ${seen}`)).toMatch(/^corral-pygrub .*--runas=\d+/);
});

/** GRUB starts a PV domain with kernels alone that it can unpack, as Debian's for machines of any kind; that for clouds is packed by LZ4. */
it.each(['xen-pvm', 'xen-pvh'] as const)(
  'boots with the kernel on its own disk by GRUB in the domain itself: %s',
  async (hypervisor) => {
    const name = `grub-${hypervisor}.test`;
    const { id } = await cluster.create({
      ...{ name, hypervisor, diskTemplate: 'plain', start: false, memoryMiB: 320, os: { kind: 'none' } },
      disks: [{ sizeMiB: 2048 }],
    });
    ids[name] = id;
    const [from, to] = [await volumeOf('debian.test'), await volumeOf(name)];
    await node().run(
      `lvchange -ay ${from} ${to} && dd if=${from} of=${to} bs=4M conv=sparse status=none && udevadm settle && lvchange -an ${from}`,
      600_000,
    );
    await onRoot(
      to,
      `cp $(ls /boot/vmlinuz-*-amd64 | grep -v cloud) /mnt/boot/vmlinuz &&
       cp $(ls /boot/initrd.img-*-amd64 | grep -v cloud) /mnt/boot/initrd.img`,
    );
    expect(await boots(name, { bootloader: 'pvgrub' })).toMatch(/Command line: .*own=yes/);
    await cluster.order('DELETE', api.instance(id), { confirmName: name });
  },
);

it('leaves nothing when it is removed', async () => {
  await cluster.order('DELETE', api.instance(ids['debian.test'] ?? ''), { confirmName: 'debian.test' });
  await node().run('umount /var/cache/ganeti-instance-debootstrap && lvremove -y -q corral/os-cache');
  expect(await leftoversOf(node())).toBe('');
});
