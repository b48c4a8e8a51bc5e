// Writes one live change into the query cache: details and list items at once; what cannot be known from the change is reported as stale.
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import type { Change } from '@/contract/events';
import type { AuditEntry } from '@/contract/schemas/audit';
import type { Cluster } from '@/contract/schemas/cluster';
import type { Page } from '@/contract/schemas/common';
import type { Image } from '@/contract/schemas/image';
import type { Instance } from '@/contract/schemas/instance';
import type { Job, JobLogLine } from '@/contract/schemas/job';
import type { Node } from '@/contract/schemas/node';
import type { Quota } from '@/contract/schemas/quota';
import type { User } from '@/contract/schemas/user';
import { keys, type Resource } from './keys';
import { patchPage, type PageChange, type Places } from './patch-page';

/** Fetch these again, soon. */
export type Stale = readonly QueryKey[];

export function applyChange(cache: QueryClient, change: Change): Stale {
  switch (change.kind) {
    case 'instance':
      return [...patchResource(cache, 'instance', change, instancePlaces), keys.overview()];
    case 'node':
      return [
        ...patchResource(cache, 'node', change, nodePlaces),
        ...[keys.nodeParts(change.id), keys.overview(), ['create-options']],
      ];
    case 'cluster':
      return [
        ...patchCluster(cache, change),
        ...[keys.clusterPart(change.id, 'findings'), keys.overview(), ['create-options']],
      ];
    case 'job':
      return [...patchResource(cache, 'job', change, jobPlaces), keys.overview()];
    case 'job-log':
      appendLog(cache, change.id, change.data?.lines ?? []);
      return [];
    case 'user':
      return [...patchResource(cache, 'user', change, userPlaces), ...ownSession(cache, change.id)];
    case 'quota':
      patchQuota(cache, change);
      return [['create-options']];
    case 'image':
      return [...patchResource(cache, 'image', change, imagePlaces), ['create-options']];
    case 'audit':
      return patchResource(cache, 'audit', change, auditPlaces);
  }
}

const instancePlaces: Places<Instance> = {
  search: (instance) => instance.name,
  name: (instance) => instance.name,
  status: (instance) => instance.status,
  owner: (instance) => instance.owner?.name,
  ownerId: (instance) => instance.owner?.id,
  node: (instance) => instance.node?.name,
  nodeId: (instance) => instance.node?.id,
  vcpus: (instance) => instance.vcpus,
  memoryMiB: (instance) => instance.memoryMiB,
};
const nodePlaces: Places<Node> = { state: (node) => node.state, search: (node) => node.name };
const jobPlaces: Places<Job> = { status: (job) => job.status };
const userPlaces: Places<User> = { role: (user) => user.role, search: (user) => user.name };
const imagePlaces: Places<Image> = {
  search: (image) => image.name,
  name: (image) => image.name,
  state: (image) => image.state,
  clusterId: (image) => image.cluster.id,
};
const auditPlaces: Places<AuditEntry> = {};

function patchResource<T extends { id: string | number }>(
  cache: QueryClient,
  resource: Resource,
  { id, data }: PageChange<T>,
  places: Places<T>,
): QueryKey[] {
  const detail = keys.detail(resource, id);
  if (data === null) {
    // The page that shows it learns from the refetch that it is gone.
    void cache.invalidateQueries({ queryKey: detail, exact: true });
  } else if (cache.getQueryData(detail) !== undefined) cache.setQueryData(detail, data);
  return cache.getQueriesData<Page<T>>({ queryKey: keys.lists(resource) }).flatMap(([queryKey, page]) => {
    if (!page) return [queryKey];
    const patched = patchPage(page, { id, data }, { query: queryOf(queryKey), places });
    if (patched.page !== page) cache.setQueryData(queryKey, patched.page);
    return patched.isStale ? [queryKey] : [];
  });
}

function patchCluster(cache: QueryClient, { id, data }: PageChange<Cluster>): QueryKey[] {
  if (data && cache.getQueryData(keys.detail('cluster', id)))
    cache.setQueryData(keys.detail('cluster', id), data);
  const list = cache.getQueryData<{ items: Cluster[] }>(keys.list('cluster'));
  if (!data || !list?.items.some((item) => item.id === id)) return [keys.lists('cluster')];
  cache.setQueryData(keys.list('cluster'), {
    items: list.items.map((item) => (item.id === id ? data : item)),
  });
  return [];
}

/** Lines may arrive twice: once with the fetched log, once live. */
function appendLog(cache: QueryClient, jobId: string, lines: JobLogLine[]): void {
  cache.setQueryData<{ lines: JobLogLine[] }>(keys.jobLog(jobId), (log) => {
    if (!log) return undefined;
    const last = log.lines.at(-1)?.serial ?? 0;
    const fresh = lines.filter((line) => line.serial > last);
    return fresh.length === 0 ? log : { lines: [...log.lines, ...fresh] };
  });
}

function patchQuota(cache: QueryClient, { data }: { data: Quota | null }): void {
  if (!data) return;
  cache.setQueryData<{ items: Quota[] }>(
    keys.list('quota', { userId: data.owner.id }),
    (list) =>
      list && { items: list.items.map((item) => (item.cluster.id === data.cluster.id ? data : item)) },
  );
}

/** A change of the one who is signed in: name and role may differ now. */
function ownSession(cache: QueryClient, userId: string): QueryKey[] {
  const session = cache.getQueryData<{ user: { id: string } }>(keys.session());
  return session?.user.id === userId ? [keys.session()] : [];
}

function queryOf(queryKey: QueryKey): Record<string, unknown> {
  const query = queryKey[2];
  return typeof query === 'object' && query !== null ? { ...query } : {};
}
