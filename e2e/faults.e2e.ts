// What breaks while the product runs: each of its programs killed or stopped in the middle of a job, on the real parts.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { api, pages } from '@/contract/paths';
import { Accepted } from '@/contract/schemas/common';
import { ClusterList } from '@/contract/schemas/cluster';
import { Instance } from '@/contract/schemas/instance';
import { Job, JobLog } from '@/contract/schemas/job';
import { NodePage } from '@/contract/schemas/node';
import { isFinished } from '@/contract/states';
import { findServerPid } from '@/tools/postgres/server-process';
import type { Browser } from 'playwright-core';
import { launchBrowser, openContext } from './browser';
import { instanceIdOf, showsState, signInByForm } from './journey';
import { removeProductData, startProduct, type Product } from './product';
import { setUpOperator, tinyInstance, type Rest } from './rest';

const operator = { login: 'admin', password: 'correct horse battery staple' };
const patient = { timeout: 120_000, interval: 200 };

let product: Product;
let browser: Browser;
let rest: Rest;
let clusterId: string;

beforeAll(async () => {
  product = await startProduct();
  browser = await launchBrowser();
  rest = await setUpOperator(product.url, product.setPasswordUrl ?? '', operator);
  clusterId = (await rest.call('GET', api.clusters(), ClusterList)).items[0]?.id ?? '';
  await nodeIs('online');
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
  if (product) await removeProductData(product.dataDir);
});

async function nodeIs(state: string): Promise<void> {
  const look = async () => (await rest.call('GET', api.nodes(), NodePage)).items[0]?.state;
  await vi.waitFor(async () => expect(await look()).toBe(state), patient);
}

function order(name: string, more: object = {}): Promise<Accepted> {
  return rest.call('POST', api.instances(), Accepted, { ...tinyInstance(name, clusterId), ...more });
}

/** Asks again while the product is not there to answer. */
async function ended(jobId: number): Promise<Job> {
  return vi.waitFor(async () => {
    const job = await rest.call('GET', api.job(jobId), Job);
    if (!isFinished(job.status)) throw new Error(`Job ${jobId} is still ${job.status}`);
    return job;
  }, patient);
}

async function removed(id: string, confirmName: string): Promise<void> {
  const { jobId } = await rest.call('DELETE', api.instance(id), Accepted, { confirmName });
  expect(await ended(jobId)).toMatchObject({ status: 'success' });
  expect(await readdir(join(product.dataDir, 'agent', 'disks'))).not.toContain(id);
}

async function kill(program: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  const server = findServerPid(join(product.dataDir, 'postgres', 'data'));
  const pids = program === 'postgres' ? [server ?? 0] : await product.pidsOf(program);
  expect(pids).not.toEqual([]);
  for (const pid of pids) process.kill(pid, signal);
}

describe.each(['agent', 'web', 'postgres'])('%s killed in mid-create', (program) => {
  it('is started again, and the job comes to its end with nothing left over', async () => {
    const name = `survives-${program}`;
    const { jobId, instanceId } = await order(name, { disks: [{ sizeMiB: 256 }] });
    await kill(program);
    const job = await ended(jobId);
    expect(job).toMatchObject({ status: 'success', error: null });
    const instance = await rest.call('GET', api.instance(instanceId ?? ''), Instance);
    expect(instance.status).toBe('running');
    await removed(instance.id, name);
  });
});

describe('a node that does not answer', () => {
  it('makes a job wait, the overview names it, and the job goes on when it is back', async () => {
    const { jobId, instanceId } = await order('waits', { start: false });
    await ended(jobId);
    const id = instanceId ?? '';
    const [name] = (await rest.call('GET', api.nodes(), NodePage)).items.map((node) => node.name);
    await kill('agent', 'SIGSTOP');
    try {
      const start = await rest.call('POST', api.instancePower(id, 'start'), Accepted, {});
      await nodeIs('unreachable');
      const refused = order('on-a-lost-node').then(({ jobId: lost }) => ended(lost));
      await expect(refused.then((job) => JSON.stringify(job.error), String)).resolves.toMatch(
        new RegExp(`no_resources|${name}`),
      );
      await kill('agent', 'SIGCONT');
      const job = await ended(start.jobId);
      // Back within the patience of the call, or told which node it was.
      if (job.status !== 'success') expect(job.error?.message).toContain(name);
      await nodeIs('online');
    } finally {
      await kill('agent', 'SIGCONT');
    }
    await removed(id, 'waits');
  });
});

describe('an instance that cannot start', () => {
  it("ends the job with QEMU's own words, and the instance can still be removed", async () => {
    const { jobId, instanceId } = await order('broken', { start: false });
    await ended(jobId);
    const id = instanceId ?? '';
    await rm(join(product.dataDir, 'agent', 'disks', id), { recursive: true });
    const start = await rest.call('POST', api.instancePower(id, 'start'), Accepted, {});
    const job = await ended(start.jobId);
    expect(job).toMatchObject({ status: 'error', needsAttention: false });
    const { lines } = await rest.call('GET', api.jobLog(start.jobId), JobLog);
    expect(lines.map((line) => line.message).join('\n')).toMatch(/No such file|does not exist/);
    expect((await rest.call('GET', api.instance(id), Instance)).status).not.toBe('running');
    await removed(id, 'broken');
  });

  it('is refused with the numbers where the node has no room', async () => {
    const outcome = order('too-large', { disks: [{ sizeMiB: 50_000_000 }] }).then(({ jobId }) =>
      ended(jobId),
    );
    await expect(outcome.then((job) => JSON.stringify(job.error), String)).resolves.toMatch(/GiB|TiB|MiB/);
  });
});

describe('an open page', () => {
  it('says when it is not live, and shows what happened meanwhile as soon as it is again', async () => {
    const { jobId, instanceId } = await order('watched');
    await ended(jobId);
    const id = instanceId ?? '';
    const { page, context, errors } = await openContext(browser);
    await signInByForm(page, product.url, operator);
    await page.goto(product.url + pages.instance(id));
    await showsState(page, 'watched', 'Running');
    await page.getByText('live', { exact: true }).first().waitFor();
    await kill('web', 'SIGSTOP');
    await page
      .getByText(/\d+ s behind/)
      .first()
      .waitFor();
    await kill('web');
    await vi.waitFor(() => rest.call('GET', api.instance(id), Instance), patient);
    const stop = await rest.call('POST', api.instancePower(id, 'stop'), Accepted, { force: true });
    await ended(stop.jobId);
    await showsState(page, 'watched', 'Stopped');
    await page.getByText('live', { exact: true }).first().waitFor();
    expect(errors).toEqual([]);
    await context.close();
    await removed(id, 'watched');
  });

  it('offers to create an instance as soon as a node is ready, and what was begun then stays', async () => {
    const { page, context, errors } = await openContext(browser);
    await signInByForm(page, product.url, operator);
    const disk = page.getByRole('textbox', { name: 'Disk 0', exact: true });
    const submit = page.getByRole('button', { name: 'Create instance' });
    try {
      await kill('agent', 'SIGSTOP');
      await nodeIs('unreachable');
      await page.goto(product.url + pages.instanceCreate());
      await page.getByText('No node is ready for instances now').waitFor();
      await kill('agent', 'SIGCONT');
      await disk.fill('64 MiB');
      await page.getByRole('textbox', { name: 'Name' }).fill('begun');
      await kill('agent', 'SIGSTOP');
      await nodeIs('unreachable');
      await vi.waitFor(async () => expect(await submit.isEnabled()).toBe(false), patient);
      expect(await disk.inputValue()).toBe('64 MiB');
    } finally {
      await kill('agent', 'SIGCONT');
    }
    await submit.click();
    const id = await instanceIdOf(page);
    await showsState(page, 'begun', 'Running');
    expect(errors).toEqual([]);
    await context.close();
    await removed(id, 'begun');
  });
});
