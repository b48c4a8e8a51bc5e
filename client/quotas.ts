import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import { api } from '@/contract/paths';
import { Quota, type QuotaOverride } from '@/contract/schemas/quota';
import { fetchJson } from './fetch-json';
import { keys } from './keys';

const QuotaList = z.object({ items: z.array(Quota) });

/** One user's quotas, one of each cluster. */
export const quotasQuery = (userId: string) =>
  queryOptions({
    queryKey: keys.list('quota', { userId }),
    queryFn: ({ signal }) => fetchJson(api.userQuotas(userId), { answers: QuotaList, signal }),
  });

export const useUpdateQuota = () => {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({
      userId,
      clusterId,
      override,
    }: {
      userId: string;
      clusterId: string;
      override: QuotaOverride;
    }) => fetchJson(api.userQuota(userId, clusterId), { answers: Quota, method: 'PUT', body: override }),
    onSuccess: (_quota, { userId }) => cache.invalidateQueries({ queryKey: quotasQuery(userId).queryKey }),
    meta: { shownInline: true },
  });
};
