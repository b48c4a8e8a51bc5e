// Resources as their viewer may see them, by kind and id: what the live stream sends after a change.
// Invariant: the same filters as in lists and single reads, so a change tells nothing that a request would not.
import { AppError } from '@/contract/errors';
import type { ChangeKind } from '@/contract/events';
import { JobLog } from '@/contract/schemas/job';
import type { Actor } from '../auth/actor';
import { loadAuditEntries } from '../db/audit-views';
import type { Queryable } from '../db/client';
import { loadClusters } from '../db/clusters';
import { loadNodeNameFilter } from '../db/hide-names';
import { loadImages } from '../db/images';
import { loadInstances } from '../db/instances';
import { loadJobs } from '../db/jobs';
import { loadNodes } from '../db/nodes';
import { loadUsers } from '../db/users';
import { isOperator } from '../db/viewer';
import { readQuota } from '../quotas/limits';

type Loader = (db: Queryable, ids: string[], viewer: Actor) => Promise<Map<string, unknown>>;

const loaders: Record<ChangeKind, Loader> = {
  instance: loadInstances,
  node: loadNodes,
  cluster: loadClusters,
  user: loadUsers,
  quota: loadQuotas,
  job: (db, ids, viewer) => loadJobs(db, ids.map(Number), viewer),
  image: loadImages,
  audit: (db, ids, viewer) => loadAuditEntries(db, ids.map(Number), viewer),
  // Log lines travel inside their events and are not read again.
  'job-log': () => Promise.resolve(new Map()),
};

/** Those of the ids that exist and that the viewer may see. */
export function loadViews(
  db: Queryable,
  kind: ChangeKind,
  ids: string[],
  viewer: Actor,
): Promise<Map<string, unknown>> {
  return loaders[kind](db, ids, viewer);
}

/** Log lines as the viewer may read them: the same as over REST, where owners read no names of nodes. */
export async function viewEventData(
  db: Queryable,
  { kind, data, viewer }: { kind: ChangeKind; data: unknown; viewer: Actor },
): Promise<unknown> {
  if (kind !== 'job-log' || isOperator(viewer)) return data;
  const hide = await loadNodeNameFilter(db, viewer);
  const { lines } = JobLog.parse(data);
  return { lines: lines.map((line) => ({ ...line, message: hide.in(line.message) })) };
}

/** Ids are `<ownerId>:<clusterId>`. */
async function loadQuotas(db: Queryable, ids: string[], viewer: Actor): Promise<Map<string, unknown>> {
  const views = new Map<string, unknown>();
  for (const id of ids) {
    const [ownerId = '', clusterId = ''] = id.split(':');
    if (!isOperator(viewer) && ownerId !== viewer.userId) continue;
    const quota = await readQuota(db, ownerId, clusterId).catch(nullIfGone);
    if (quota) views.set(id, quota);
  }
  return views;
}

/** An owner or cluster that is gone has no quota to show; a database that fails says nothing of the kind. */
function nullIfGone(error: unknown): null {
  if (error instanceof AppError && error.code === 'not_found') return null;
  throw error;
}
