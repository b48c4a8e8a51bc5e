// The whole way through the real product: npm start's program, a real instance under QEMU, a real browser.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { api, pages } from '@/contract/paths';
import { Accepted } from '@/contract/schemas/common';
import { ClusterList } from '@/contract/schemas/cluster';
import { ImagePage } from '@/contract/schemas/image';
import { Instance, InstancePage } from '@/contract/schemas/instance';
import { JobPage } from '@/contract/schemas/job';
import { NodePage } from '@/contract/schemas/node';
import { UserCreated, UserPage } from '@/contract/schemas/user';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openContext, screenshots } from './browser';
import {
  chooseAction,
  createByForm,
  instanceIdOf,
  pressKeys,
  showsState,
  signInByForm,
  typeUntil,
  useOneTimeLink,
  waitForScreen,
  waitForTerminal,
} from './journey';
import { removeProductData, startProduct, type Product } from './product';
import { signIn, tinyInstance, type Rest } from './rest';

const admin = { login: 'admin', password: 'correct horse battery staple' };
const customer = { login: 'carol', password: 'another long password' };

let product: Product;
let browser: Browser;
let page: Page;
/** Of every page that any test opens. */
const errors: string[] = [];
let rest: Rest;
let webId = '';
let clusterId = '';

beforeAll(async () => {
  product = await startProduct();
  browser = await launchBrowser();
  ({ page } = await openContext(browser, errors));
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  if (product) await removeProductData(product.dataDir);
});

async function askDisk(what: string): Promise<void> {
  await page.getByRole('button', { name: 'Actions of disk 0' }).click();
  await page.getByRole('menuitem', { name: what, exact: true }).click();
}

describe('an operator', () => {
  it('sets the first password with the one-time link and signs in', async () => {
    expect(product.setPasswordUrl).not.toBeNull();
    const link = product.setPasswordUrl ?? '';
    await page.goto(link);
    await page.getByLabel('Your name').waitFor();
    await screenshots(page, 'welcome');
    await useOneTimeLink(page, link, { ...admin, name: 'Ada Admin' });
    rest = await signIn(product.url, admin);
    clusterId = (await rest.call('GET', api.clusters(), ClusterList)).items[0]?.id ?? '';
    await page.goto(link);
    await page.getByText('This link no longer works').waitFor();
  });

  it('creates an instance and sees the steps of its job until it runs', async () => {
    await page.goto(product.url + pages.instanceCreate());
    await page.getByRole('textbox', { name: 'Name' }).fill('-web');
    await page.getByRole('button', { name: 'Create instance' }).click();
    await page
      .getByText(/Use lower-case letters/)
      .first()
      .waitFor();
    await screenshots(page, 'instance-create');
    await createByForm(page, product.url, { name: 'web1', memory: '128 MiB', disk: '64 MiB' });
    webId = await instanceIdOf(page);
    await showsState(page, 'web1', 'Running');
    await page.getByRole('list', { name: 'Steps' }).getByText('Install OS').waitFor();
    await screenshots(page, 'instance-overview');
  });

  it('reads the boot from its first line on the serial line, signs in there and runs a command', async () => {
    await page.goto(product.url + pages.instance(webId, 'serial'));
    await waitForTerminal(page, /login:/);
    // Nobody watched when the kernel wrote its first line: it comes with the history.
    await page.locator('.xterm').hover();
    await page.mouse.wheel(0, -100_000);
    await waitForTerminal(page, /Linux version/);
    await page.locator('.xterm').click();
    await page.keyboard.type('root\n');
    await waitForTerminal(page, /# *$/m);
    await page.keyboard.type('cat /proc/meminfo\n');
    // The end of the answer: its first lines have scrolled out of view.
    await waitForTerminal(page, /DirectMap2M:\s+\d+ kB[^]*# *$/);
    await screenshots(page, 'instance-serial');
  });

  it('sees the login on the screen, and what is typed there arrives', async () => {
    await page.goto(product.url + pages.instance(webId, 'screen'));
    const canvas = page.getByRole('application', { name: 'Screen of web1' });
    await canvas.waitFor();
    await waitForScreen(page);
    await screenshots(page, 'instance-screen');
    // What is typed at the screen's login writes to the serial line, where another page reads it as text.
    const serial = await page.context().newPage();
    await serial.goto(product.url + pages.instance(webId, 'serial'));
    await waitForTerminal(serial, /#/);
    await page.bringToFront();
    await canvas.click();
    await pressKeys(page, 'root\n');
    await typeUntil(page, 'echo typed-on-the-screen-$((6*7)) > /dev/ttyS0\n', () =>
      waitForTerminal(serial, /typed-on-the-screen-42/, 5_000),
    );
    await serial.close();
  });

  it('sees every change of state in every open page without a reload', async () => {
    const other = await openContext(browser, errors);
    await other.page.goto(product.url + pages.signIn());
    await screenshots(other.page, 'sign-in');
    await signInByForm(other.page, product.url, admin);
    await other.page.goto(product.url + pages.instances());
    const row = other.page.getByRole('row', { name: /web1/ });
    await row.getByText('Running').waitFor();
    await page.goto(product.url + pages.instance(webId));
    await chooseAction(page, 'web1', 'Stop');
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await showsState(page, 'web1', 'Stopped');
    await row.getByText('Stopped').waitFor();
    await screenshots(other.page, 'instances');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await showsState(page, 'web1', 'Running');
    await row.getByText('Running').waitFor();
    await chooseAction(page, 'web1', 'Reboot');
    await page.getByRole('radio', { name: /Reset at once/ }).check();
    await page.getByRole('button', { name: 'Reset', exact: true }).click();
    await page.goto(product.url + pages.instance(webId, 'jobs'));
    await page.getByText('Reboot instance').first().waitFor();
    await other.context.close();
  });

  it('cancels a job, which undoes what it did', async () => {
    // Nothing in it listens to its power button, so that stopping it takes until somebody loses patience.
    const { jobId, instanceId = '' } = await rest.call('POST', api.instances(), Accepted, {
      ...tinyInstance('deaf', clusterId),
      ...{ os: { kind: 'none' }, diskTemplate: 'diskless', disks: [] },
    });
    await rest.jobDone(jobId);
    await page.goto(product.url + pages.instance(instanceId));
    await showsState(page, 'deaf', 'Running');
    await chooseAction(page, 'deaf', 'Stop');
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await page.getByRole('button', { name: 'Cancel job' }).click();
    await screenshots(page, 'job-cancel');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel job' }).click();
    await page.getByText('Canceled', { exact: true }).first().waitFor();
    await showsState(page, 'deaf', 'Running');
    const removal = await rest.call('DELETE', api.instance(instanceId), Accepted, { confirmName: 'deaf' });
    await rest.jobDone(removal.jobId);
  });

  it('is told when another one was quicker: one job, the other is refused', async () => {
    const stop = await rest.call('POST', api.instancePower(webId, 'stop'), Accepted, { force: true });
    await rest.jobDone(stop.jobId);
    const start = () => rest.call('POST', api.instancePower(webId, 'start'), Accepted, {});
    const outcomes = await Promise.allSettled([start(), start()]);
    const accepted = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value.jobId] : []));
    expect(accepted).toHaveLength(1);
    expect(outcomes.map((one) => (one.status === 'rejected' ? String(one.reason) : ''))).toContainEqual(
      expect.stringMatching(/busy: .*job|wrong_state/),
    );
    await rest.jobDone(accepted[0] ?? 0);
  });
});

describe('a customer', () => {
  let customerRest: Rest;

  it('gets an account from the operator, signs in and sees only its own', async () => {
    const made = await rest.call('POST', api.users(), UserCreated, {
      login: customer.login,
      name: 'Carol',
      role: 'customer',
    });
    await rest.call('PUT', api.userQuota(made.user.id, clusterId), z.unknown(), {
      instances: 1,
      vcpus: 1,
      memoryMiB: 256,
      diskMiB: 128,
    });
    const own = await openContext(browser, errors);
    await useOneTimeLink(own.page, made.link.url, customer);
    await own.page.waitForURL(/\/instances/);
    await own.page.getByText('No instances yet').waitFor();
    expect(await own.page.getByRole('link', { name: 'Nodes' }).count()).toBe(0);
    await own.page.goto(product.url + pages.instance(webId));
    await own.page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
    customerRest = await signIn(product.url, customer);
    expect((await customerRest.call('GET', api.instances(), InstancePage)).total).toBe(0);
    await expect(
      customerRest.call('POST', api.consoleTickets(webId), z.unknown(), { kind: 'screen' }),
    ).rejects.toThrow('not_found');
    await own.context.close();
  });

  it('creates within its quota and is refused beyond it with the numbers', async () => {
    const own = await openContext(browser, errors);
    await signInByForm(own.page, product.url, customer);
    await createByForm(own.page, product.url, { name: 'carols', memory: '128 MiB', disk: '64 MiB' });
    const id = await instanceIdOf(own.page);
    await showsState(own.page, 'carols', 'Running');
    await screenshots(own.page, 'customer-instance');
    const second = tinyInstance('carols-second', clusterId);
    const again = customerRest.call('POST', api.instances(), Accepted, second);
    await expect(again).rejects.toThrow(/no_resources: .*1/);
    await customerRest.call('GET', api.instance(id), Instance);
    await own.page.goto(product.url + pages.instance(id, 'serial'));
    await waitForTerminal(own.page, /carols login:/);
    await own.context.close();
  });
});

describe('faults', () => {
  it('an engine killed in mid-create resumes, and nothing is left over', async () => {
    const { jobId, instanceId } = await rest.call('POST', api.instances(), Accepted, {
      ...tinyInstance('survivor', clusterId),
      disks: [{ sizeMiB: 256 }],
    });
    for (const pid of await product.pidsOf('engine')) process.kill(pid, 'SIGKILL');
    await rest.jobDone(jobId);
    const instance = await rest.call('GET', api.instance(instanceId ?? ''), Instance);
    expect(instance.status).toBe('running');
    const removal = await rest.call('DELETE', api.instance(instance.id), Accepted, {
      confirmName: 'survivor',
    });
    await rest.jobDone(removal.jobId);
    await expect(rest.call('GET', api.instance(instance.id), Instance)).rejects.toThrow('not_found');
  });

  it('instances outlive Ctrl-C, and the next start finds them running', async () => {
    const before = await rest.call('GET', api.instance(webId), Instance);
    expect(await product.stop()).toBe(0);
    product = await startProduct({ dataDir: product.dataDir, port: Number(new URL(product.url).port) });
    expect(product.setPasswordUrl).toBeNull();
    await page.goto(product.url + pages.instance(webId));
    await showsState(page, 'web1', 'Running');
    const after = await rest.call('GET', api.instance(webId), Instance);
    expect(after.operSince).toBe(before.operSince);
  });
});

describe('the pages', () => {
  it('show themselves in light and dark, wide and on a phone', async () => {
    const [node] = (await rest.call('GET', api.nodes(), NodePage)).items;
    const [carol] = (await rest.call('GET', api.users({ search: 'carol' }), UserPage)).items;
    const [job] = (await rest.call('GET', api.jobs(), JobPage)).items;
    if (!node || !carol || !job) throw new Error('A list is empty that should not be');
    for (const [name, path] of [
      ['overview', pages.overview()],
      ['nodes', pages.nodes()],
      ['node', pages.node(node.id)],
      ['clusters', pages.clusters()],
      ['cluster', pages.cluster(clusterId)],
      ['jobs', pages.jobs()],
      ['job', pages.job(job.id)],
      ['instance-jobs', pages.instance(webId, 'jobs')],
      ['instance-activity', pages.instance(webId, 'activity')],
      ['users', pages.users()],
      ['user', pages.user(carol.id)],
      ['activity', pages.activity()],
      ['account', pages.account()],
    ] as const) {
      await page.goto(product.url + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByText('live', { exact: true }).first().waitFor();
      expect(await page.title()).toMatch(/^\S.* · Corral$/);
      await screenshots(page, name);
    }
  });

  it('save the instance as an image, from which another one is made', async () => {
    const stop = await rest.call('POST', api.instancePower(webId, 'stop'), Accepted, { force: true });
    await rest.jobDone(stop.jobId);
    await page.goto(product.url + pages.instance(webId));
    await showsState(page, 'web1', 'Stopped');
    await askDisk('Name and access');
    await page.getByRole('dialog').getByLabel('Name').waitFor();
    await screenshots(page, 'disk-edit');
    await page.keyboard.press('Escape');
    await chooseAction(page, 'web1', 'Save as image');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name of the image').fill('golden');
    await screenshots(page, 'save-image');
    await dialog.getByRole('button', { name: 'Save as image' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.goto(product.url + pages.images());
    await page
      .getByRole('row', { name: /golden/ })
      .getByText('Ready', { exact: true })
      .waitFor();
    await screenshots(page, 'images');
    const { items } = await rest.call('GET', api.images(), ImagePage);
    expect(items).toMatchObject([{ name: 'golden', source: 'instance', format: 'qcow2' }]);
    const os = { kind: 'image', imageId: items[0]?.id };
    const wish = { ...tinyInstance('copy', clusterId), os, start: false };
    const { jobId, instanceId = '' } = await rest.call('POST', api.instances(), Accepted, wish);
    await rest.jobDone(jobId);
    await page.goto(product.url + pages.instance(webId));
    await askDisk('Move to another instance');
    await page.getByRole('dialog').getByText('copy').first().waitFor({ state: 'attached' });
    await screenshots(page, 'disk-move');
    await page.keyboard.press('Escape');
    const removal = await rest.call('DELETE', api.instance(instanceId), Accepted, { confirmName: 'copy' });
    await rest.jobDone(removal.jobId);
  });

  it('removes the instance, whose page then says so', async () => {
    await page.goto(product.url + pages.instance(webId));
    await page.getByRole('button', { name: 'Remove instance' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('web1');
    await dialog.getByRole('button', { name: 'Remove instance' }).click();
    await page.getByText('web1 was removed').waitFor();
    await screenshots(page, 'instance-removed');
  });

  it('threw no error in the browser', () => {
    expect(errors).toEqual([]);
  });
});
