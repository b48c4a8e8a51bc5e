import { pages } from '@/contract/paths';
import type { AuditEntry } from '@/contract/schemas/audit';

type Target = NonNullable<AuditEntry['target']>;

/** The page of what an entry is about; undefined for what has none, or none for this reader. */
export function hrefOfTarget({ kind, id }: Target, isOperator: boolean): string | undefined {
  if (kind === 'instance') return pages.instance(id);
  if (kind === 'job') return pages.job(Number(id));
  if (!isOperator) return undefined;
  if (kind === 'node') return pages.node(id);
  if (kind === 'image') return pages.images();
  if (kind === 'cluster') return pages.cluster(id);
  return kind === 'user' ? pages.user(id) : undefined;
}
