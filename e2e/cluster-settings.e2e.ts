// What a cluster sets for the machines of its instances, from its page to what waits for an instance's next start.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { api, pages } from '@/contract/paths';
import { Accepted } from '@/contract/schemas/common';
import { Cluster, ClusterList } from '@/contract/schemas/cluster';
import { NodePage } from '@/contract/schemas/node';
import { until } from '@/lab/testing/until';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openContext, screenshots } from './browser';
import { chooseAction, showsState, signInByForm } from './journey';
import { removeProductData, startProduct, type Product } from './product';
import { setUpOperator, tinyInstance, type Rest } from './rest';

const operator = { login: 'admin', password: 'correct horse battery staple' };

let product: Product;
let browser: Browser;
let page: Page;
const errors: string[] = [];
let rest: Rest;
let clusterId: string;
let instanceId = '';

beforeAll(async () => {
  product = await startProduct();
  browser = await launchBrowser();
  ({ page } = await openContext(browser, errors));
  rest = await setUpOperator(product.url, product.setPasswordUrl ?? '', operator);
  clusterId = (await rest.call('GET', api.clusters(), ClusterList)).items[0]?.id ?? '';
  await until(
    () => rest.call('GET', api.nodes(), NodePage),
    ({ items }) => items[0]?.state === 'online',
  );
  const made = await rest.call('POST', api.instances(), Accepted, tinyInstance('runs', clusterId));
  await rest.jobDone(made.jobId);
  instanceId = made.instanceId ?? '';
  await rest.call('PATCH', api.cluster(clusterId), z.unknown(), { hypervisors: ['kvm', 'xen-pvm'] });
  await signInByForm(page, product.url, operator);
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  if (product) await removeProductData(product.dataDir);
  expect(errors).toEqual([]);
});

const stored = async () => (await rest.call('GET', api.cluster(clusterId), Cluster)).hvParams;

it('refuses what is no value or no machine, at its field, and keeps what is', async () => {
  await page.goto(product.url + pages.cluster(clusterId));
  await page.getByRole('button', { name: 'Machine parameters' }).click();
  const sheet = page.getByRole('dialog');
  const save = sheet.getByRole('button', { name: 'Save parameters' });
  await sheet.getByText('Devices', { exact: true }).click();
  await sheet.getByLabel('Disk I/O').selectOption('native');
  await sheet.getByLabel('Hypervisor').selectOption('xen-pvm');
  await sheet.getByText('Boot', { exact: true }).click();
  await sheet.getByLabel('Kernel of the node').fill('/etc/shadow');
  await sheet.getByLabel('Bandwidth').fill('fast');
  await save.click();
  await sheet.getByText('Not a value of this parameter.').waitFor();
  await sheet.getByText('Enter a whole number within these limits.').waitFor();
  await screenshots(page, 'machine-parameters-refused');
  await sheet.getByLabel('Kernel of the node').fill('/boot/vmlinuz-guest');
  await sheet.getByLabel('Bandwidth').fill('50');
  await save.click();
  await sheet.getByText('Native disk I/O needs the disk cache to be none.').waitFor();
  await screenshots(page, 'machine-parameters');
  expect(await stored()).toEqual({ kinds: {} });
  await sheet.getByLabel('Disk cache').selectOption('none');
  await save.click();
  await sheet.waitFor({ state: 'detached' });
  expect(await stored()).toEqual({
    migrationBandwidthMiBs: 50,
    kinds: {
      kvm: { diskAio: 'native', diskCache: 'none' },
      'xen-pvm': { kernelPath: '/boot/vmlinuz-guest' },
    },
  });
});

it('waits for the next start of what runs, which says so and then has it', async () => {
  await page.goto(product.url + pages.instance(instanceId));
  await showsState(page, 'runs', 'Running');
  await page.getByText('Disk cache').waitFor();
  await screenshots(page, 'machine-parameters-pending');
  const { jobId } = await rest.call('POST', api.instancePower(instanceId, 'stop'), Accepted, { force: true });
  await rest.jobDone(jobId);
  const start = await rest.call('POST', api.instancePower(instanceId, 'start'), Accepted, {});
  await rest.jobDone(start.jobId);
  await showsState(page, 'runs', 'Running');
  await page.getByText('Disk cache').waitFor({ state: 'detached' });
  await chooseAction(page, 'runs', 'Edit');
  const sheet = page.getByRole('dialog');
  await sheet.getByText('Devices', { exact: true }).click();
  await expect(sheet.getByLabel('Disk cache').locator('option').first().textContent()).resolves.toBe(
    'Inherited: none',
  );
});
