// A node with a real Xen, and instances that run on it as its paravirtual domains, from the pages to the hypervisor.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { api, pages } from '@/contract/paths';
import { Instance } from '@/contract/schemas/instance';
import { operator, type RealCluster, startRealCluster } from '@/lab/testing/real-cluster';
import { until } from '@/lab/testing/until';
import { domainsOf, leftoversOf } from '@/lab/testing/xen-node';
import { launchBrowser, openContext, screenshots } from './browser';
import { createByForm, instanceIdOf, showsState, signInByForm, waitForTerminal } from './journey';
import { openSerial, signInTiny } from './serial';

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

describe('a node that runs Xen', () => {
  it('joins like any other, lacks nothing, and tells what it is and whose its memory is', async () => {
    const { facts, memory } = await cluster.node('xen1');
    expect(facts?.checks?.filter(({ state }) => state === 'missing')).toEqual([]);
    expect(facts?.hypervisors.map(({ kind }) => kind)).toEqual(['xen-pvm', 'xen-pvh', 'xen-hvm']);
    expect(facts?.xen).toMatchObject({ scheduler: 'credit2', missing: [] });
    const { totalMiB = 0, ownMiB = 0 } = facts?.xen ?? {};
    expect(ownMiB).toBeGreaterThan(500);
    expect(memory?.totalMiB).toBe(totalMiB - ownMiB);
  });

  it('is not where an instance for KVM goes', async () => {
    await expect(cluster.create({ name: 'kvm.test', diskTemplate: 'plain' })).rejects.toThrow(
      'without the hypervisor',
    );
    expect(await leftovers()).toBe('');
  });
});

describe('a paravirtual instance', () => {
  let browser: Browser;
  let page: Page;
  let id = '';
  const errors: string[] = [];
  const see = () => cluster.rest.call('GET', api.instance(id), Instance);
  const power = (action: 'start' | 'stop' | 'reboot', body: object = {}) =>
    cluster.order('POST', api.instancePower(id, action), body);

  beforeAll(async () => {
    browser = await launchBrowser();
    ({ page } = await openContext(browser, errors));
    // The node may take minutes to start an instance where all of its processor is emulated.
    page.setDefaultTimeout(240_000);
    await signInByForm(page, cluster.rest.url, operator);
  });
  afterAll(() => browser.close());

  it('is offered beside what the node tells of its Xen', async () => {
    const { id: nodeId, facts } = await cluster.node('xen1');
    await page.goto(cluster.rest.url + pages.node(nodeId));
    await page.getByText('Of the node itself (dom0)').waitFor();
    await page.getByText(facts?.xen?.version ?? 'no Xen', { exact: true }).waitFor();
    await screenshots(page, 'node-xen');
  });

  it('is created in the browser, where one signs in on its serial line', async () => {
    await createByForm(page, cluster.rest.url, { name: 'pv.test', memory: '128 MiB', disk: '64 MiB' });
    id = await instanceIdOf(page);
    await showsState(page, 'pv.test', 'Running');
    expect(await see()).toMatchObject({ hypervisor: 'xen-pvm', accelerator: 'xen' });
    await screenshots(page, 'instance-xen');
    await page.goto(cluster.rest.url + pages.instance(id, 'serial'));
    await waitForTerminal(page, /login:/);
    await page.locator('.xterm').click();
    await page.keyboard.type('root\n');
    await waitForTerminal(page, /# *$/m);
    await page.keyboard.type('cat /sys/hypervisor/type\n');
    await waitForTerminal(page, /^xen *$/m);
    await screenshots(page, 'instance-xen-serial');
  });

  it('restarts, is switched off by its guest, and stops when it is told to: each end for what it is', async () => {
    const domid = async () => Number(await node().run('xl domid pv.test 2>/dev/null || echo 0'));
    const number = await domid();
    await page.keyboard.type('reboot\n');
    await until(domid, (now) => now !== number && now > 0);
    const serial = await openSerial(cluster.rest, id);
    await serial.until(/Restarting system[^]*login: *$/);
    expect(await see()).toMatchObject({ status: 'running' });
    await signInTiny(serial);
    serial.type('poweroff');
    expect(await until(see, ({ status }) => status === 'userDown')).toMatchObject({ operState: 'shutdown' });
    serial.close();
    await cluster.untilQuiet();
    await power('start');
    const again = await openSerial(cluster.rest, id);
    await signInTiny(again);
    again.close();
    await power('stop');
    expect(await see()).toMatchObject({ status: 'stopped', operState: 'absent' });
    expect(await domains()).toBe('');
  });

  it('is removed in the browser with all that it had', async () => {
    await page.goto(cluster.rest.url + pages.instance(id));
    await page.getByRole('button', { name: 'Remove instance' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('pv.test');
    await dialog.getByRole('button', { name: 'Remove instance' }).click();
    await page.getByText('pv.test was removed').waitFor();
    await cluster.untilQuiet();
    expect(await leftovers()).toBe('');
    expect(errors).toEqual([]);
  });
});

describe('a PVH instance', () => {
  it('is created on a file of the node, talks on its serial line, stops when it is told to, and leaves nothing', async () => {
    const wish = { name: 'pvh.test', hypervisor: 'xen-pvh', diskTemplate: 'file' } as const;
    const { id } = await cluster.create(wish);
    const serial = await openSerial(cluster.rest, id);
    await signInTiny(serial);
    expect(await serial.run('cat /sys/hypervisor/guest_type /proc/mounts')).toMatch(
      /PVH[^]*\/dev\/xvda \/ ext4/,
    );
    serial.close();
    await cluster.order('POST', api.instancePower(id, 'stop'), {});
    expect(await domains()).toBe('');
    await cluster.order('DELETE', api.instance(id), { confirmName: 'pvh.test' });
    expect(await leftovers()).toBe('');
  });
});
