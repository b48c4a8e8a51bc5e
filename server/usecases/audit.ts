import type { AuditListQuery, AuditPage } from '@/contract/schemas/audit';
import { authorize, type Ctx } from '../auth/authorize';
import { listAuditViews } from '../db/audit-views';

export async function listAudit(ctx: Ctx, query: AuditListQuery): Promise<AuditPage> {
  const actor = await authorize(ctx, 'audit.list');
  const { items, total } = await listAuditViews(ctx.db, query, actor);
  return { items, total, page: query.page, pageSize: query.pageSize };
}
