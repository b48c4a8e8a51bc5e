// Debian's ganeti-instance-debootstrap, as it is packaged, installs a real Debian on a volume of a real node.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { about, withScriptOs } from '@/agents/os/testing/script-os';
import { writeSeedCd } from '@/agents/seed/seed-cd';
import { nodeProgramInImage } from './image/recipe';
import { startLab, type Lab } from './lab';
import type { LabNode } from './lab-node';
import { quote } from './node-shell';
import { type ServedTarball, serveDebianTarball } from './testing/debian-tarball';
import { bundleProgram, putProgram } from './testing/node-program';

const patientMs = 1_800_000;
const program = '/run/os-script.mjs';
const disk = '/dev/corral/disk-os';
const seedFile = '/run/seed.iso';
const mac = 'aa:00:00:5e:ed:01';
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBfSeedSeedSeedSeedSeedSeedSeedSeedSeedSeedS seed@corral';

let lab: Lab;
let node: LabNode;
let tarball: ServedTarball;

beforeAll(async () => {
  tarball = await serveDebianTarball();
  lab = await startLab({ nodes: 1, filesUrl: tarball.url });
  node = lab.node(1);
  await putProgram(node, await bundleProgram('agents/os/testing/script-program.ts'), program);
  await tarball.fillCache(node);
  await node.run(`lvcreate -y -Wn -L 2g -n disk-os corral`);
}, patientMs);

afterAll(async () => {
  await lab?.close();
  tarball?.close();
});

/** Answers what the driver said, and how it ended. */
async function ask(wanted: Record<string, unknown>) {
  const json = quote(JSON.stringify(wanted));
  return node.sh(
    `printf %s ${json} > /run/asked.json; ${nodeProgramInImage} ${program} /run/asked.json`,
    patientMs,
  );
}

const request = (name: string, params: Record<string, string> = {}) => ({
  ...{ about, diskPaths: [disk] },
  definition: { ...withScriptOs({ name: 'debootstrap', variant: 'default', params }), name },
});

/** Of the installed system. */
async function look(command: string, name = 'disk-os'): Promise<string> {
  const device = `/dev/corral/${name}`;
  const inside = `cd /mnt && ${command}; code=$?; cd /; umount /mnt; kpartx -d -p- ${device} >/dev/null; exit $code`;
  const root = `/dev/mapper/corral-${name.replaceAll('-', '--')}-1`;
  return node.run(`kpartx -a -s -p- ${device} && mount -o ro ${root} /mnt && { ${inside}; }`);
}

/** What a kernel that comes from the node needs besides itself. */
async function putModules(): Promise<void> {
  const copy = 'mkdir -p lib/modules && cp -a /lib/modules/$(uname -r) lib/modules/';
  await node.run(
    `kpartx -a -s -p- ${disk} && mount /dev/mapper/corral-disk--os-1 /mnt && (cd /mnt && ${copy}); umount /mnt; kpartx -d -p- ${disk}`,
    300_000,
  );
}

/** The CD that an agent makes at a start. */
async function putSeed(): Promise<void> {
  const say = [
    'echo "seeded $(hostname) as $(ls /home) with $(cat /home/debian/.ssh/authorized_keys),',
    '$(ip -br link | grep -io $MAC) by $(grep -o dhcp /etc/network/interfaces.d/* | head -n 1)" > /dev/ttyS0',
  ].join(' ');
  const userData = `#cloud-config\nruncmd:\n  - [sh, -c, ${JSON.stringify(say.replace('$MAC', mac))}]\n`;
  const definition = withScriptOs({}, { seed: { sshKeys: [key], userData } });
  const folder = await mkdtemp(join(tmpdir(), 'seed-'));
  const nics = [{ id: definition.id, index: 0, mode: 'user', link: null, mac } as const];
  const cd = await writeSeedCd(folder, { ...definition, name: 'web2', nics });
  const content = (await readFile(cd?.path ?? '')).toString('base64');
  await rm(folder, { recursive: true });
  await node.run(`base64 -d <<'@' > ${seedFile}\n${content}\n@`);
}

/** Mounts and devices on the disk. */
const leftOnDisk = () =>
  node.run(
    `ls /sys/class/block/$(basename $(readlink -f ${disk}))/holders; losetup -l -n; grep disk--os /proc/mounts; true`,
  );

describe("Debian's ganeti-instance-debootstrap", () => {
  it('is offered with its variants and parameters', async () => {
    const { output } = await ask({ verb: 'list' });
    expect(JSON.parse(output)).toEqual([
      {
        ...{ name: 'debootstrap', variants: ['default'], problem: null },
        parameters: [{ name: 'filesystem', description: expect.stringContaining('root partition') }],
      },
    ]);
  });

  it('refuses by its own verify what it cannot make', async () => {
    const { exitCode, output } = await ask({ verb: 'install', ...request('web1', { filesystem: 'ntfs' }) });
    expect(exitCode).toBe(1);
    expect(output).toContain("Invalid value 'ntfs' for the filesystem parameter");
  });

  it(
    'leaves nothing on the disk when it takes too long',
    async () => {
      const { exitCode, output } = await ask({ verb: 'install', ...request('web1'), installMs: 15_000 });
      expect(exitCode).toBe(1);
      expect(output).toContain('the script create of OS debootstrap did not end in 15 s');
      expect((await leftOnDisk()).trim()).toBe('');
    },
    patientMs,
  );

  it(
    'installs a Debian on a volume',
    async () => {
      const { exitCode, output } = await ask({ verb: 'install', ...request('web1', { filesystem: 'ext4' }) });
      expect(output).not.toContain('left');
      expect(exitCode, output).toBe(0);
      expect((await leftOnDisk()).trim()).toBe('');
      expect(await look('cat etc/debian_version')).toMatch(/^12\.\d+\n$/);
      expect(await look('cat etc/hostname')).toBe('web1\n');
      expect(await look('cat etc/fstab')).toMatch(/^UUID=\S+ +\/ +ext4 /m);
      expect(await look('ls usr/bin/apt-get usr/lib/systemd/systemd')).toContain('systemd');
    },
    patientMs,
  );

  it(
    'tells it its new name',
    async () => {
      const renamed = { verb: 'rename', ...request('web2'), oldName: 'web1' };
      const { exitCode, output } = await ask(renamed);
      expect(exitCode, output).toBe(0);
      expect(await look('cat etc/hostname etc/mailname')).toBe('web2\nweb2\n');
      const again = await ask(renamed);
      expect(again.exitCode).toBe(1);
      expect(again.output).toContain('Instance has a different hostname (web2)');
      expect((await leftOnDisk()).trim()).toBe('');
    },
    patientMs,
  );

  it(
    'exports it, and imports that onto another volume',
    async () => {
      const file = '/var/cache/ganeti-instance-debootstrap/web2.saved';
      const exported = await ask({ verb: 'export', ...request('web2'), file });
      expect(exported.exitCode, exported.output).toBe(0);
      expect(exported.output).toMatch(/^true$/m);
      expect((await leftOnDisk()).trim()).toBe('');
      const disks = Number(await node.run(`blockdev --getsize64 ${disk}`));
      const bytes = Number(await node.run(`stat -c %s ${file}`));
      expect(bytes).toBeGreaterThan(50 * 1024 ** 2);
      expect(bytes).toBeLessThan(disks / 2);
      await node.run('lvcreate -y -Wn -L 2g -n disk-copy corral');
      const copy = { ...request('web3', { filesystem: 'ext4' }), diskPaths: ['/dev/corral/disk-copy'] };
      const imported = await ask({ verb: 'import', ...copy, file });
      expect(imported.exitCode, imported.output).toBe(0);
      const sums = 'find etc usr/bin -xdev -type f ! -path etc/fstab -exec md5sum {} + | sort | md5sum';
      expect(await look(sums, 'disk-copy')).toBe(await look(sums));
      expect(await node.run('grep corral-disk--copy /proc/mounts; true')).toBe('');
    },
    patientMs,
  );

  it(
    'boots with a kernel of the node, as an instance without a boot loader does, and its cloud-init reads the seed',
    async () => {
      await putModules();
      await putSeed();
      const boot = [
        ...['-accel', 'kvm', '-accel', 'tcg', '-m', '384', '-nodefaults', '-display', 'none', '-no-reboot'],
        ...[
          '-kernel',
          '$(ls /boot/vmlinuz-*-cloud-amd64)',
          '-initrd',
          '$(ls /boot/initrd.img-*-cloud-amd64)',
        ],
        ...['-append', "'root=/dev/vda1 ro console=ttyS0'", '-serial', 'file:/run/guest.log'],
        ...['-drive', `file=${disk},format=raw,if=virtio,cache=none`, '-pidfile', '/run/guest.pid'],
        ...['-drive', `file=${seedFile},format=raw,if=virtio,readonly=on`],
        ...['-netdev', 'user,id=n0,restrict=on', '-device', `virtio-net-pci,netdev=n0,romfile=,mac=${mac}`],
      ].join(' ');
      await node.run(`setsid qemu-system-x86_64 ${boot} >/dev/null 2>&1 &`);
      const seen = await node.sh(
        `timeout 1500 sh -c 'until grep -q "web2 login:" /run/guest.log && grep -q "^seeded" /run/guest.log; do sleep 2; done'`,
        patientMs,
      );
      await node.run('kill "$(cat /run/guest.pid)"');
      expect(seen.exitCode, await node.run('tail -c 4000 /run/guest.log')).toBe(0);
      const said = await node.run('grep "^seeded" /run/guest.log');
      expect(said.trim()).toBe(`seeded web2 as debian with ${key}, ${mac} by dhcp`);
    },
    patientMs,
  );
});
