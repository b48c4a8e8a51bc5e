// Domains that somebody made by hand on a real Xen node: told of, taken over while they run, and from then on instances like any other.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { domainTypes } from '@/agents/hypervisors/xen-config';
import { serialDeviceOf, type XenKind, xenKinds } from '@/contract/hypervisor-kind';
import { api, pages } from '@/contract/paths';
import { Instance } from '@/contract/schemas/instance';
import { inheritAll, Quota, type QuotaOverride } from '@/contract/schemas/quota';
import { UserPage } from '@/contract/schemas/user';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openContext, screenshots } from '@/e2e/browser';
import { showsState, signInByForm } from '@/e2e/journey';
import { openSerial, type Serial, signInTiny } from '@/e2e/serial';
import { operator, type RealCluster, startRealCluster } from './testing/real-cluster';
import { until } from './testing/until';

let cluster: RealCluster;
let browser: Browser;
let page: Page;
const errors: string[] = [];
const log = '/root/console.log';

beforeAll(async () => {
  cluster = await startRealCluster({ xenNodes: 1 });
  // What a guest switches off by itself is not started again.
  await cluster.rest.call('PATCH', api.cluster(cluster.clusterId), z.unknown(), { userShutdown: true });
  browser = await launchBrowser();
  ({ page } = await openContext(browser, errors));
  await signInByForm(page, cluster.rest.url, operator);
}, 1_200_000);
afterAll(async () => {
  expect(errors).toEqual([]);
  await browser.close();
  await cluster.close();
});

const run = async (command: string) => (await cluster.lab.node('xen1').run(command)).trim();
const order = (...asked: Parameters<RealCluster['order']>) => cluster.order(...asked);
const domains = () => run("xl list | awk 'NR > 2 { print $1 }'");
const volumes = () => run('lvs --noheadings -o lv_name corral');
/** Not the agent's own looks. */
const monitors = () => run("ps -C xl -o stat=,args= | grep -v ^Z | grep ' create ' || true");
const domidOf = async (name: string) => Number(await run(`xl domid ${name} 2>/dev/null || echo 0`));
const told = async (name: string) =>
  (await cluster.node('xen1')).facts?.domains?.find((domain) => domain.name === name) ?? null;
const untilTold = (name: string) =>
  until(
    () => told(name),
    (domain) => domain !== null,
  );
const takeOver = async (domainId: string, name: string) =>
  order('POST', api.nodeDomainTakeOver((await cluster.node('xen1')).id, domainId), { name });

/** To the operator, who owns what they take over. */
async function allowInstances(instances: QuotaOverride['instances']): Promise<void> {
  const { items } = await cluster.rest.call('GET', api.users({ search: operator.login }), UserPage);
  const quota = api.userQuota(items[0]?.id ?? '', cluster.clusterId);
  await cluster.rest.call('PUT', quota, Quota, { ...inheritAll, instances });
}

/** A volume with the tiny OS that is nobody's, and its kernel where such belong: by way of an instance that is removed again. */
async function makeRoot(): Promise<void> {
  const { id } = await cluster.create({
    ...{ name: 'maker.test', hypervisor: 'xen-pvm', diskTemplate: 'plain', start: false },
  });
  await run(
    'lvcreate -q -y -L 64M -n root-1 corral && lvcreate -q -y -L 16M -n data corral && lvchange -ay corral',
  );
  await run(
    'dd if=/dev/corral/$(lvs --noheadings -o lv_name corral | grep -o "disk-.*") of=/dev/corral/root-1 bs=1M',
  );
  await run(
    'cp /var/lib/corral/agent/os/tiny/*/vmlinuz /boot/tiny && cp /var/lib/corral/agent/os/tiny/*/initrd /boot/tiny.initrd',
  );
  await order('DELETE', api.instance(id), { confirmName: 'maker.test' });
}

/** Made as people do it: with a process of xl's that waits for its end. */
async function makeByHand(kind: XenKind, name: string, more: string[]): Promise<void> {
  const lines = [
    ...[`name = "${name}"`, `type = "${domainTypes[kind]}"`, 'memory = 128', 'vcpus = 1'],
    ...['kernel = "/boot/tiny"', 'ramdisk = "/boot/tiny.initrd"'],
    `extra = "console=${serialDeviceOf(kind)} loglevel=6 mitigations=off tsc=reliable tiny.hostname=theirs tiny.root=disk"`,
    ...(kind === 'xen-hvm' ? ['serial = "pty"'] : []),
    // The lab's machines are emulated.
    ...(kind === 'xen-pvm' ? [] : ['tsc_mode = "native"']),
    ...more,
  ];
  await run(
    `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')} >/root/${name}.cfg && xl create -q /root/${name}.cfg`,
  );
}

/** At the terminal that Xen gives it, before there is an agent that reads it. */
async function bootIdByHand(kind: XenKind, domid: number): Promise<string> {
  const device = kind === 'xen-hvm' ? 'serial/0' : 'console';
  const terminal = await run(`xenstore-read /local/domain/${domid}/${device}/tty`);
  await run(`: >${log}; (cat ${terminal} >${log} 2>/dev/null </dev/null & echo $! >/root/reader.pid)`);
  const shown = (pattern: RegExp) =>
    until(
      () => run(`cat ${log}`),
      (text) => pattern.test(text),
    );
  await shown(/login:\s*$/);
  await run(`printf 'root\\n' >${terminal}`);
  await shown(/root@\S+# *(?:\W\[6n)?$/);
  await run(`printf 'cat /proc/sys/kernel/random/boot_id\\n' >${terminal}`);
  const [bootId = ''] =
    /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(await shown(/-[0-9a-f]{12}\s/)) ?? [];
  await run('kill $(cat /root/reader.pid)');
  return bootId;
}

describe.each(xenKinds)('a domain that was made by hand, of kind %s', { timeout: 900_000 }, (kind) => {
  let id = '';
  let domid = 0;
  let firstBoot = '';
  let serial: Serial;
  const see = () => cluster.rest.call('GET', api.instance(id), Instance);
  const bootId = async () => (await serial.run('cat /proc/sys/kernel/random/boot_id')).trim();

  it('is told of with its volumes soon after it was made', async () => {
    await makeRoot();
    await makeByHand(kind, 'hand.made', [
      'disk = ["phy:/dev/corral/root-1,xvda,w", "phy:/dev/mapper/corral-data,xvdb,w"]',
      'vif = ["mac=00:16:3e:11:22:33,bridge=br0"]',
    ]);
    domid = await domidOf('hand.made');
    const domain = await untilTold('hand.made');
    expect(domain).toMatchObject({
      // What Xen counts as that of an emulated screen is not the guest's.
      ...{ hypervisor: kind, state: 'running', vcpus: 1, memoryMiB: kind === 'xen-hvm' ? 120 : 128 },
      problem: null,
      disks: [
        { index: 0, vdev: 'xvda', volume: { vg: 'corral', name: 'root-1' }, sizeMiB: 64, mode: 'rw' },
        { index: 1, vdev: 'xvdb', volume: { vg: 'corral', name: 'data' }, sizeMiB: 16 },
      ],
      nics: [{ mac: '00:16:3e:11:22:33', bridge: 'br0' }],
      hvParams: { kernelPath: '/boot/tiny', initrdPath: '/boot/tiny.initrd', rootPath: null },
    });
    id = domain?.id ?? '';
    firstBoot = await bootIdByHand(kind, domid);
    expect(await monitors()).toContain('xl create');
  });

  it('runs on as it was where it cannot be taken over', async () => {
    await run('mv /boot/tiny /boot/away');
    await expect(takeOver(id, 'taken.test')).rejects.toThrow('no kernel file /boot/tiny');
    await run('mv /boot/away /boot/tiny');
    await untilTold('hand.made');
    await run('mkdir -p /run/libvirt/libxl && touch /run/libvirt/libxl/hand.made.xml');
    await expect(takeOver(id, 'taken.test')).rejects.toThrow('libvirt runs it');
    await run('rm -r /run/libvirt');
    expect(await domidOf('hand.made')).toBe(domid);
    expect((await volumes()).split(/\s+/)).toEqual(['data', 'root-1']);
    expect(await monitors()).toContain('xl create');
    await untilTold('hand.made');
  });

  it('becomes an instance without a stop, with its serial line and under its new name', async () => {
    await page.goto(cluster.rest.url + pages.node((await cluster.node('xen1')).id));
    await page.getByRole('heading', { name: 'Domains of others' }).scrollIntoViewIfNeeded();
    await screenshots(page, 'node-domains');
    await page.getByRole('button', { name: 'Take over' }).click();
    await page.getByRole('textbox', { name: 'Name of the instance' }).fill('taken.test');
    await screenshots(page, 'take-over');
    const submit = page.getByRole('dialog').getByRole('button', { name: 'Take over' });
    await allowInstances(0);
    await submit.click();
    await page.getByRole('checkbox', { name: "Exceed the owner's quota" }).check();
    await screenshots(page, 'take-over-exceeding');
    await submit.click();
    await until(
      () => see().catch(() => null),
      (instance) => instance?.status === 'running',
    );
    await allowInstances('inherit');
    await page.goto(cluster.rest.url + pages.instance(id));
    await showsState(page, 'taken.test', 'Running');
    expect(await see()).toMatchObject({ status: 'running', hypervisor: kind, accelerator: 'xen' });
    expect(await domidOf('taken.test')).toBe(domid);
    expect(await monitors()).toBe('');
    expect(await volumes()).not.toMatch(/root-1|data/);
    serial = await openSerial(cluster.rest, id);
    await signInTiny(serial);
    expect(await bootId()).toBe(firstBoot);
    await serial.run('echo kept >/root/kept; sync');
    await until(
      () => told('taken.test'),
      (domain) => domain === null,
    );
  });

  it('has its disks and its NIC changed while it runs', async () => {
    const [root, data] = (await see()).disks;
    await order('DELETE', api.instanceDisk(id, data?.id ?? ''));
    expect(await serial.run('until [ ! -e /sys/block/xvdb ]; do sleep 0.1; done; echo gone')).toContain(
      'gone',
    );
    await order('PATCH', api.instanceDisk(id, root?.id ?? ''), { newSizeMiB: 96 });
    const size = `until [ $(cat /sys/block/xvda/size) = ${96 * 2048} ]; do head -c 4096 /dev/xvda >/dev/null; sync; sleep 0.1; done; echo grown`;
    expect(await serial.run(size)).toContain('grown');
    await order('PATCH', api.instance(id), { removeNicIds: [(await see()).nics[0]?.id] });
    expect(await serial.run('until [ ! -e /sys/class/net/eth0 ]; do sleep 0.1; done; echo gone')).toContain(
      'gone',
    );
  });

  it('comes back when its guest restarts it, with the same disk', async () => {
    const from = serial.text().length;
    serial.type('reboot');
    await until(
      () => domidOf('taken.test'),
      (now) => now !== domid && now > 0,
    );
    await serial.until(/login: *$/, from);
    await signInTiny(serial);
    expect(await bootId()).not.toBe(firstBoot);
    expect(await serial.run('cat /root/kept')).toContain('kept');
    expect(await see()).toMatchObject({ status: 'running' });
    expect(await monitors()).toBe('');
  });

  it('is seen when its guest switches it off, starts again, and goes with all that it had', async () => {
    serial.type('poweroff');
    await until(see, ({ status }) => status === 'userDown');
    await cluster.untilQuiet();
    expect(await domains()).toBe('');
    await order('POST', api.instancePower(id, 'start'));
    expect(await see()).toMatchObject({ status: 'running' });
    serial.close();
    await order('DELETE', api.instance(id), { confirmName: 'taken.test' });
    expect([await domains(), await volumes(), await monitors()]).toEqual(['', '', '']);
    expect(await run('ls /var/lib/corral/agent/xen')).toBe('');
  });
});

describe('a domain on a file', () => {
  it('is told of with what stands against taking it over, is left alone, and forgotten when it goes', async () => {
    await run('truncate -s 16M /root/theirs.img');
    await makeByHand('xen-pvm', 'on.file', ['disk = ["file:/root/theirs.img,xvda,w"]']);
    const domain = await untilTold('on.file');
    expect(domain?.problem).toContain('no whole logical volume of the node: /root/theirs.img');
    await page.goto(cluster.rest.url + pages.node((await cluster.node('xen1')).id));
    const button = page.getByRole('button', { name: 'Take over' });
    await button.scrollIntoViewIfNeeded();
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await screenshots(page, 'node-domain-problem');
    await expect(takeOver(domain?.id ?? '', 'refused.test')).rejects.toThrow('no whole logical volume');
    expect(await domains()).toBe('on.file');
    expect(await monitors()).toContain('xl create');
    await run('xl destroy on.file');
    await until(
      () => told('on.file'),
      (seen) => seen === null,
    );
  });
});
