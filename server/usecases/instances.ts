import type { Instance, InstanceListQuery, InstancePage } from '@/contract/schemas/instance';
import { authorize, notFound, type Ctx, type Target } from '../auth/authorize';
import type { Queryable } from '../db/client';
import { listInstanceViews, loadInstances } from '../db/instances';

export async function listInstances(ctx: Ctx, query: InstanceListQuery): Promise<InstancePage> {
  const actor = await authorize(ctx, 'instance.list');
  const { items, total } = await listInstanceViews(ctx.db, query, actor);
  return { items, total, page: query.page, pageSize: query.pageSize };
}

export async function getInstance(ctx: Ctx, { id }: { id: string }): Promise<Instance> {
  const target = await instanceTarget(ctx.db, id);
  const actor = await authorize(ctx, 'instance.view', target);
  const views = await loadInstances(ctx.db, [id], actor);
  const view = views.get(id);
  if (!view) throw notFound(target);
  return view;
}

/** What decides who may do something to the instance; an unknown id has no owner. */
export async function instanceTarget(db: Queryable, id: string): Promise<Target> {
  const row = await db.instance.findUnique({ where: { id }, select: { ownerId: true, name: true } });
  return { kind: 'instance', id, ...row };
}
