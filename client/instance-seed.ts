import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/contract/paths';
import { Accepted } from '@/contract/schemas/common';
import { SeedSet } from '@/contract/schemas/seed';
import { fetchJson } from './fetch-json';
import { keys } from './keys';

export const seedQuery = (id: string) =>
  queryOptions({
    queryKey: keys.instanceSeed(id),
    queryFn: ({ signal }) => fetchJson(api.instanceSeed(id), { answers: SeedSet, signal }),
  });

export const useSetSeed = () => {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, seed }: { id: string } & SeedSet) =>
      fetchJson(api.instanceSeed(id), { answers: Accepted, method: 'PUT', body: { seed } }),
    onSuccess: (_, { id }) => cache.invalidateQueries({ queryKey: keys.instanceSeed(id) }),
    meta: { shownInline: true },
  });
};
