// The running product that benchmarks measure: started as a person starts it, with an operator signed in.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { api } from '@/contract/paths';
import { ClusterList } from '@/contract/schemas/cluster';
import { Accepted } from '@/contract/schemas/common';
import type { InstanceCreateInput } from '@/contract/schemas/instance';
import { NodePage } from '@/contract/schemas/node';
import { removeProductData, startProduct, type Product } from '@/e2e/product';
import { setUpOperator, type Rest } from '@/e2e/rest';
import { startPostgres } from '@/tools/postgres';

export type Bed = {
  product: Product;
  databaseUrl: string;
  rest: Rest;
  /** Of the cluster with the local node. */
  clusterId: string;
  close(): Promise<void>;
};

export const operator = { login: 'bench', password: 'a long bench password' };

export async function openBed(): Promise<Bed> {
  const folder = await mkdtemp(join(tmpdir(), 'corral-bench-'));
  const postgres = await startPostgres({ folder: join(folder, 'postgres') });
  const databaseUrl = postgres.url('postgres');
  const product = await startProduct({ env: { DATABASE_URL: databaseUrl } });
  if (!product.setPasswordUrl) throw new Error('The product printed no one-time link');
  const rest = await setUpOperator(product.url, product.setPasswordUrl, operator);
  const { items } = await rest.call('GET', api.clusters(), ClusterList);
  const clusterId = items[0]?.id;
  if (!clusterId) throw new Error('There is no cluster');
  await nodesOnline(rest, 1);
  return {
    product,
    databaseUrl,
    rest,
    clusterId,
    close: async () => {
      await product.stop();
      await removeProductData(product.dataDir);
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when so many nodes are online; every live event is a reason to look again. */
export async function nodesOnline(rest: Rest, count: number, clusterId?: string): Promise<void> {
  const abort = new AbortController();
  const stream = await fetch(rest.url + api.events(), {
    headers: { cookie: rest.cookie },
    signal: abort.signal,
  });
  const reader = stream.body?.getReader();
  try {
    for (;;) {
      const page = await rest.call('GET', api.nodes({ state: 'online', pageSize: 1, clusterId }), NodePage);
      if (page.total >= count) return;
      if ((await reader?.read())?.done !== false) throw new Error('The live stream ended');
    }
  } finally {
    abort.abort();
  }
}

/** Creates an instance and waits until its job has ended; answers its id. */
export async function createInstance(
  rest: Rest,
  input: InstanceCreateInput,
): Promise<{ id: string; jobId: number }> {
  const { jobId, instanceId } = await rest.call('POST', api.instances(), Accepted, input);
  await rest.jobDone(jobId);
  return { id: z.uuid().parse(instanceId), jobId };
}

export async function removeInstance(rest: Rest, { id, name }: { id: string; name: string }): Promise<void> {
  const { jobId } = await rest.call('DELETE', api.instance(id), Accepted, { confirmName: name });
  await rest.jobDone(jobId);
}
