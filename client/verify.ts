// Verifications of clusters, and the buttons that mend what they found.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/contract/paths';
import { Accepted } from '@/contract/schemas/common';
import { type Mend, VerifyResult } from '@/contract/schemas/verify';
import { fetchJson } from './fetch-json';
import { keys } from './keys';

export type MendOperation = Extract<Mend, { kind: 'operation' }>;

export const verifyResultQuery = (id: string) =>
  queryOptions({
    queryKey: keys.clusterPart(id, 'findings'),
    queryFn: ({ signal }) => fetchJson(api.clusterFindings(id), { answers: VerifyResult, signal }),
  });

export const useVerifyCluster = () => {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: { id: string }) =>
      fetchJson(api.clusterVerify(id), { answers: Accepted, method: 'POST', body: {} }),
    onSettled: (_answer, _error, { id }) =>
      cache.invalidateQueries({ queryKey: keys.clusterPart(id, 'findings') }),
  });
};

/** The job does the work; the next verification tells whether it helped. */
export const useMend = () =>
  useMutation({
    mutationFn: (mend: MendOperation) => {
      const { url, body } = requestOf(mend);
      return fetchJson(url, { answers: Accepted, method: 'POST', body });
    },
    meta: { shownInline: true },
  });

/** What is asked of the console for it. */
export function requestOf(mend: MendOperation): { url: string; body: object } {
  switch (mend.operation) {
    case 'instance.start':
      return { url: api.instancePower(mend.params.instanceId, 'start'), body: {} };
    case 'instance.activateDisks':
      return { url: api.instanceMaintenance(mend.params.instanceId, 'activate-disks'), body: {} };
    case 'instance.cleanupMigration':
      return { url: api.instanceCleanupMigration(mend.params.instanceId), body: {} };
    case 'instance.replaceDisks': {
      const { instanceId, mode } = mend.params;
      return { url: api.instanceAction(instanceId, 'replace-disks'), body: { mode } };
    }
    case 'node.removeVolume': {
      const { nodeId, volume } = mend.params;
      return { url: api.nodeVolumeRemove(nodeId), body: { ...volume, confirmName: volume.name } };
    }
  }
}
