import { AuditListQuery, AuditPage } from '@/contract/schemas/audit';
import { route } from '@/server/http/route';
import { listAudit } from '@/server/usecases/audit';

export const GET = route({ access: 'audit.list', query: AuditListQuery, answers: AuditPage })(
  ({ ctx, query }) => listAudit(ctx, query),
);
