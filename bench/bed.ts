// The running product that benchmarks measure: started as a person starts it, with an operator signed in.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { api } from '@/contract/paths';
import { ClusterList, CreateOptions } from '@/contract/schemas/cluster';
import { Accepted } from '@/contract/schemas/common';
import type { InstanceCreateInput } from '@/contract/schemas/instance';
import type { Job } from '@/contract/schemas/job';
import { NodePage } from '@/contract/schemas/node';
import { removeProductData, startProduct, type Product } from '@/e2e/product';
import { setUpOperator, type Rest } from '@/e2e/rest';
import { startPostgres } from '@/tools/postgres';
import { openLive, type Live } from './live';

export type Bed = {
  product: Product;
  databaseUrl: string;
  rest: Rest;
  live: Live;
  /** Of the cluster with the local node. */
  clusterId: string;
  close(): Promise<void>;
};

export const operator = { login: 'bench', password: 'a long bench password' };

export async function openBed(): Promise<Bed> {
  const folder = await mkdtemp(join(tmpdir(), 'corral-bench-'));
  // PostgreSQL runs as a user of its own where the product runs as root.
  await chmod(folder, 0o755);
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const one of undo.reverse()) await one();
  };
  try {
    const postgres = await startPostgres({ folder: join(folder, 'postgres') });
    undo.push(() => postgres.stop());
    const databaseUrl = postgres.url('postgres');
    const product = await startProduct({ env: { DATABASE_URL: databaseUrl } });
    undo.push(() => removeProductData(product.dataDir));
    undo.push(() => product.stop());
    if (!product.setPasswordUrl) throw new Error('The product printed no one-time link');
    const rest = await setUpOperator(product.url, product.setPasswordUrl, operator);
    const live = await openLive(rest);
    undo.push(async () => live.close());
    const { items } = await rest.call('GET', api.clusters(), ClusterList);
    const bed = { product, databaseUrl, rest, live, clusterId: z.uuid().parse(items[0]?.id), close };
    await tinyReady(bed);
    return bed;
  } catch (error) {
    await close();
    throw error;
  }
}

/** Resolves when the local node has built the OS that its instances boot. */
function tinyReady({ rest, live }: Pick<Bed, 'rest' | 'live'>): Promise<void> {
  return live.until(async () => {
    const { clusters } = await rest.call('GET', api.createOptions(), CreateOptions);
    const offers = clusters.flatMap(({ oses }) => oses);
    return offers.some(({ kind, state }) => kind === 'tiny' && state === 'ready');
  });
}

/** Resolves when so many nodes are online. */
export function nodesOnline({ rest, live }: Pick<Bed, 'rest' | 'live'>, count: number, clusterId?: string) {
  return live.until(async () => {
    const path = api.nodes({ state: 'online', pageSize: 1, clusterId });
    return (await rest.call('GET', path, NodePage)).total >= count;
  });
}

/** Creates an instance and waits until its job has ended. */
export async function createInstance(
  { rest, live }: Bed,
  input: InstanceCreateInput,
): Promise<{ id: string; job: Job }> {
  const { jobId, instanceId } = await rest.call('POST', api.instances(), Accepted, input);
  return { id: z.uuid().parse(instanceId), job: await live.jobDone(jobId) };
}

export async function powerInstance({ rest, live }: Bed, id: string, verb: 'start' | 'stop'): Promise<Job> {
  const body = verb === 'stop' ? { force: true } : {};
  const { jobId } = await rest.call('POST', api.instancePower(id, verb), Accepted, body);
  return live.jobDone(jobId);
}

export async function removeInstance(
  { rest, live }: Bed,
  { id, name }: { id: string; name: string },
): Promise<void> {
  const { jobId } = await rest.call('DELETE', api.instance(id), Accepted, { confirmName: name });
  await live.jobDone(jobId);
}
