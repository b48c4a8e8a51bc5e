import { queryOptions } from '@tanstack/react-query';
import { api } from '@/contract/paths';
import { type AuditListQuery, AuditPage } from '@/contract/schemas/audit';
import { fetchJson } from './fetch-json';
import { keys } from './keys';

export const auditQuery = (query: AuditListQuery) =>
  queryOptions({
    queryKey: keys.list('audit', query),
    queryFn: ({ signal }) => fetchJson(api.audit(query), { answers: AuditPage, signal }),
  });
