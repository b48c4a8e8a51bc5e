import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/contract/paths';
import { Cluster } from '@/contract/schemas/cluster';
import type { NodeGroupAssign, NodeGroupCreate, NodeGroupUpdate } from '@/contract/schemas/node-group';
import { clusterQuery } from './clusters';
import { fetchJson } from './fetch-json';

/** Each answers the cluster with its groups as they are then. */
function useClusterChange<Wish>(ask: (wish: Wish) => Promise<Cluster>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ask,
    onSuccess: (cluster) => cache.setQueryData(clusterQuery(cluster.id).queryKey, cluster),
    meta: { shownInline: true },
  });
}

export const useCreateNodeGroup = () =>
  useClusterChange(({ clusterId, ...body }: { clusterId: string } & NodeGroupCreate) =>
    fetchJson(api.nodeGroups(clusterId), { answers: Cluster, method: 'POST', body }),
  );

export const useUpdateNodeGroup = () =>
  useClusterChange(({ id, ...body }: { id: string } & NodeGroupUpdate) =>
    fetchJson(api.nodeGroup(id), { answers: Cluster, method: 'PATCH', body }),
  );

export const useRemoveNodeGroup = () =>
  useClusterChange(({ id }: { id: string }) =>
    fetchJson(api.nodeGroup(id), { answers: Cluster, method: 'DELETE' }),
  );

export const useAssignNodes = () =>
  useClusterChange(({ clusterId, ...body }: { clusterId: string } & NodeGroupAssign) =>
    fetchJson(api.nodeGroupAssignments(clusterId), { answers: Cluster, method: 'POST', body }),
  );
