import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/contract/paths';
import { Cluster, type ClusterCreate, ClusterList, type ClusterUpdate } from '@/contract/schemas/cluster';
import { fetchJson } from './fetch-json';
import { keys } from './keys';

export const clusterQuery = (id: string) =>
  queryOptions({
    queryKey: keys.detail('cluster', id),
    queryFn: ({ signal }) => fetchJson(api.cluster(id), { answers: Cluster, signal }),
  });

export const clustersQuery = () =>
  queryOptions({
    queryKey: keys.list('cluster'),
    queryFn: ({ signal }) => fetchJson(api.clusters(), { answers: ClusterList, signal }),
  });

export const useCreateCluster = () => {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: ClusterCreate) =>
      fetchJson(api.clusters(), { answers: Cluster, method: 'POST', body }),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.lists('cluster') }),
    meta: { shownInline: true },
  });
};

export const useUpdateCluster = () => {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string } & ClusterUpdate) =>
      fetchJson(api.cluster(id), { answers: Cluster, method: 'PATCH', body }),
    onSuccess: (cluster) => cache.setQueryData(clusterQuery(cluster.id).queryKey, cluster),
    meta: { shownInline: true },
  });
};
