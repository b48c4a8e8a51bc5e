import { queryOptions } from '@tanstack/react-query';
import { api } from '@/contract/paths';
import { Overview } from '@/contract/schemas/cluster';
import { fetchJson } from './fetch-json';
import { keys } from './keys';

export const overviewQuery = () =>
  queryOptions({
    queryKey: keys.overview(),
    queryFn: ({ signal }) => fetchJson(api.overview(), { answers: Overview, signal }),
  });
