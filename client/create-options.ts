import { queryOptions } from '@tanstack/react-query';
import { api } from '@/contract/paths';
import { CreateOptions } from '@/contract/schemas/cluster';
import { fetchJson } from './fetch-json';
import { keys } from './keys';

/** What may be created, for the one who asks or for another owner. */
export const createOptionsQuery = (query: { ownerId?: string } = {}) =>
  queryOptions({
    queryKey: keys.createOptions(query),
    queryFn: ({ signal }) => fetchJson(api.createOptions(query), { answers: CreateOptions, signal }),
  });
