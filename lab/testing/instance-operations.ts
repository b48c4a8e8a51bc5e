// The operations on instances that the journey on real nodes (e2e/real-nodes.e2e.ts) does not take, once on real kernels: what the nodes' own tools
// show counts, under whichever hypervisor. Left out: evacuation, which is made of others.
import { expect, it } from 'vitest';
import { VerifyResult } from '@/contract/schemas/verify';
import { VolumeList } from '@/contract/schemas/volume';
import { api } from '@/contract/paths';
import { Image, ImagePage } from '@/contract/schemas/image';
import { Instance } from '@/contract/schemas/instance';
import type { HypervisorKind } from '@/contract/hypervisor-kind';
import type { LabNode } from '../lab-node';
import type { RealCluster } from './real-cluster';
import { until } from './until';
import { openSerial, signInTiny } from '@/e2e/serial';

export function describeInstanceOperations(
  cluster: () => RealCluster,
  hypervisor: HypervisorKind = 'kvm',
): void {
  const order = (...asked: Parameters<RealCluster['order']>) => cluster().order(...asked);
  let id = '';
  const see = () => cluster().rest.call('GET', api.instance(id), Instance);
  const power = (action: 'start' | 'stop' | 'reboot' | 'pause' | 'resume', body: object = {}) =>
    order('POST', api.instancePower(id, action), body);
  const maintain = (action: 'activate-disks' | 'deactivate-disks') =>
    order('POST', api.instanceMaintenance(id, action));
  const set = (action: 'set-offline' | 'set-online') =>
    cluster().rest.call('POST', api.instanceMaintenance(id, action), Instance);
  const here = async (): Promise<LabNode> => cluster().lab.node((await see()).node?.name ?? '');
  const there = async (): Promise<LabNode> => {
    const name = (await see()).node?.name;
    const other = cluster().lab.nodes.find((node) => node.name !== name);
    if (!other) throw new Error('There is no other node');
    return other;
  };
  const idOf = async ({ name }: LabNode) => (await cluster().node(name)).id;
  const volumeOf = async (at: number) => `/dev/corral/disk-${(await see()).disks[at]?.id}`;
  /** A volume that nobody uses is not active. Answers what the command prints of it. */
  const peek = async (volume: string, command: string) =>
    (await here()).run(
      `lvchange -ay ${volume} && (${command}) <${volume} && { udevadm settle; lvchange -an ${volume} 2>/dev/null || true; }`,
    );
  /** What runs the instance on its node: a process of KVM, a domain of Xen; '' for none. */
  const runnerOf = async () => {
    const { name } = await see();
    const look =
      hypervisor === 'kvm' ? `pgrep -f -- '-uuid ${id}' || true` : `xl domid ${name} 2>/dev/null || true`;
    return (await (await here()).run(look)).trim();
  };
  const inGuest = async (command: string) => {
    const serial = await openSerial(cluster().rest, id);
    await signInTiny(serial);
    const output = await serial.run(command);
    serial.close();
    return output;
  };

  it('starts paused, goes on, pauses, and reboots both ways', async () => {
    ({ id } = await cluster().create({ name: 'ops.test', hypervisor, diskTemplate: 'plain', start: false }));
    await power('start', { paused: true });
    expect(await see()).toMatchObject({ status: 'paused' });
    await power('resume');
    await inGuest('echo kept > /root/kept; sync');
    await power('pause');
    expect(await see()).toMatchObject({ status: 'paused' });
    await power('resume');
    const before = await runnerOf();
    const bootId = 'cat /proc/sys/kernel/random/boot_id';
    const boot = await inGuest(bootId);
    await power('reboot', { hard: true });
    expect(await inGuest(bootId)).not.toBe(boot);
    // Xen gives every start a domain of its own.
    expect((await runnerOf()) === before).toBe(hypervisor === 'kvm');
    await power('reboot', { timeoutS: 120 });
    expect(await inGuest('cat /root/kept')).toBe('kept');
    expect(await see()).toMatchObject({ status: 'running' });
  });

  it('changes memory at once and NICs while it runs, vCPUs with the next start', async () => {
    const modify = (body: object) => order('PATCH', api.instance(id), body);
    await modify({ minMemoryMiB: 96, vcpus: 2 });
    expect((await see()).pending.map(({ what }) => what)).toContain('vcpus');
    await modify({ runtimeMemoryMiB: 112 });
    await modify({ addNics: [{ mode: 'bridged', link: 'br0' }] });
    const plugged =
      'i=0; until [ -e /sys/class/net/eth1 ] || [ $i -ge 600 ]; do sleep 0.1; i=$((i+1)); done; ls /sys/class/net';
    expect(await inGuest(plugged)).toContain('eth1');
    const nic = (await see()).nics.at(-1);
    await modify({ removeNicIds: [nic?.id] });
    expect((await see()).nics).toHaveLength(1);
    await power('stop', { force: true });
    expect(await runnerOf()).toBe('');
    await power('start');
    expect(await inGuest('nproc')).toBe('2');
    await power('stop', { timeoutS: 120 });
  });

  it('becomes a mirror where its data lies, and a plain disk again', async () => {
    await order('POST', api.instanceAction(id, 'convert'), { to: 'drbd' });
    expect(await (await here()).run('drbdsetup status')).toMatch(/peer-disk:UpToDate/);
    await power('start');
    await order('POST', api.instanceCleanupMigration(id));
    expect(await see()).toMatchObject({ status: 'running' });
    await power('stop', { force: true });
    await order('POST', api.instanceAction(id, 'convert'), { to: 'plain' });
    for (const { run } of cluster().lab.nodes)
      expect(await run('drbdsetup status 2>/dev/null || true')).not.toMatch(/role:/);
    expect(await (await there()).run('lvs --noheadings -o lv_name corral')).toBe('');
  });

  it('has its disks taken down and up for maintenance, and is set offline and online', async () => {
    await maintain('deactivate-disks');
    expect((await see()).status).toBe('disksInactive');
    await maintain('activate-disks');
    expect((await see()).status).toBe('stopped');
    await set('set-offline');
    expect((await see()).status).toBe('offline');
    await set('set-online');
  });

  it('gets another name and another installation', async () => {
    await order('POST', api.instanceRename(id), { name: 'renamed.test' });
    await power('start');
    expect(await inGuest('hostname; cat /root/kept')).toMatch(/renamed\.test\s+kept/);
    await power('stop', { force: true });
    await order('POST', api.instanceReinstall(id), {
      os: { kind: 'tiny' },
      eraseDisks: true,
      confirmName: 'renamed.test',
    });
    await power('start');
    expect(await inGuest('ls /root/kept 2>&1')).toMatch(/No such file/);
  });

  it('moves to the other node with what is on its disk, and gets its disk made anew', async () => {
    await inGuest('echo moved > /root/moved; sync');
    const to = (await there()).name;
    await order('POST', api.instanceAction(id, 'move'));
    expect(await see()).toMatchObject({ node: { name: to }, status: 'running' });
    expect(await inGuest('cat /root/moved')).toBe('moved');
    expect(await (await there()).run('lvs --noheadings -o lv_name corral')).toBe('');
    await power('stop', { force: true });
    await order('POST', api.instanceAction(id, 'recreate-disks'), { confirmName: 'renamed.test' });
    expect(await peek(await volumeOf(0), `head -c 1M | tr -d '\\0' | wc -c`)).toBe('0\n');
  });

  it('adopts a volume of its node, and gives it to another instance', async () => {
    const node = await here();
    await node.run(
      'lvcreate -q -q -y -Wn -L 8M -n foreign corral && printf kept | dd of=/dev/corral/foreign conv=fsync status=none',
    );
    await order('POST', api.instanceDiskAdopt(id), { adopt: { vg: 'corral', name: 'foreign' } });
    const volume = await volumeOf(1);
    expect(await peek(volume, 'head -c 4')).toBe('kept');
    const { id: other } = await cluster().create({
      ...{
        name: 'other.test',
        hypervisor,
        os: { kind: 'none' },
        diskTemplate: 'plain',
        disks: [{ sizeMiB: 8 }],
        start: false,
      },
      nodeId: await idOf(node),
    });
    const [, adopted] = (await see()).disks;
    await order('POST', api.instanceDiskMove(id, adopted?.id ?? ''), { toInstanceId: other });
    expect([(await see()).disks.length, await peek(volume, 'head -c 4')]).toEqual([1, 'kept']);
    await order('DELETE', api.instance(other), { confirmName: 'other.test' });
    expect(await node.run('lvs --noheadings -o lv_name corral')).not.toContain(adopted?.id);
  });

  it('is installed from an image that was uploaded, and saved as one', async () => {
    const { rest, clusterId } = cluster();
    const content = Buffer.alloc(4 * 1024 * 1024);
    content.write('imaged');
    const wish = { name: 'raw', format: 'raw', source: { kind: 'upload', bytes: content.length } };
    const { id: imageId } = await rest.call('POST', api.clusterImages(clusterId), Image, wish);
    await rest.upload(api.imageContent(imageId, 0), content);
    await until(
      () => rest.call('GET', api.image(imageId), Image),
      ({ state }) => state === 'ready',
    );
    const os = { kind: 'image', imageId };
    await order('POST', api.instanceReinstall(id), { os, confirmName: 'renamed.test' });
    expect(await peek(await volumeOf(0), 'head -c 6')).toBe('imaged');
    await order('POST', api.instanceImage(id), { name: 'saved', isPublic: false });
    await order('DELETE', api.image(imageId));
    const { items } = await rest.call('GET', api.images({ search: 'saved' }), ImagePage);
    const [saved] = items;
    expect(saved).toMatchObject({ name: 'saved', state: 'ready', format: 'qcow2' });
    const again = { kind: 'image', imageId: saved?.id };
    await order('POST', api.instanceReinstall(id), {
      os: again,
      eraseDisks: true,
      confirmName: 'renamed.test',
    });
    expect(await peek(await volumeOf(0), 'head -c 6')).toBe('imaged');
    await order('DELETE', api.image(saved?.id ?? ''));
  });

  it('is as the console knows it: a verification finds nothing', async () => {
    const { rest, clusterId } = cluster();
    await order('POST', api.clusterVerify(clusterId));
    expect((await rest.call('GET', api.clusterFindings(clusterId), VerifyResult)).items).toEqual([]);
  });

  it('ends; a volume that is left over on a node is shown as an orphan and removed', async () => {
    const { rest } = cluster();
    const node = await here();
    const nodeId = await idOf(node);
    const name = `disk-${(await see()).disks[0]?.id}`;
    const tags = (await node.run(`lvs --noheadings -o lv_tags corral/${name}`)).trim();
    await order('DELETE', api.instance(id), { confirmName: 'renamed.test' });
    await node.run(
      `lvcreate -q -q -y -Wn -L 8M -n ${name} ${tags
        .split(',')
        .map((tag) => `--addtag ${tag}`)
        .join(' ')} corral`,
    );
    await until(
      () => rest.call('GET', api.nodeVolumes(nodeId), VolumeList),
      ({ items }) => items.some((volume) => volume.name === name && volume.owner === 'orphan'),
    );
    await order('POST', api.nodeVolumeRemove(nodeId), {
      kind: 'vg',
      pool: 'corral',
      name,
      confirmName: name,
    });
    expect(await node.run('lvs --noheadings -o lv_name corral')).toBe('');
  });
}
