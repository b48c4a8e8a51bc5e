// What operators do with whole nodes: taking them out, emptying them, taking them back, and what lies on them.
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/contract/paths';
import { AcceptedBatch } from '@/contract/schemas/batch';
import { Accepted } from '@/contract/schemas/common';
import type { DomainTakeOverInput } from '@/contract/schemas/domain';
import { type EvacuationKind, EvacuationPlan, type NodeEvacuate } from '@/contract/schemas/evacuation';
import type { NodeSetOffline, NodeSetOnline } from '@/contract/schemas/fencing';
import { LostMirrors } from '@/contract/schemas/lost-mirrors';
import type { NodeCommandRun, NodeFilePut } from '@/contract/schemas/node-command';
import { VolumeList, type VolumeRemove } from '@/contract/schemas/volume';
import { fetchJson } from './fetch-json';
import { keys } from './keys';

type On<Body> = { id: string } & Body;

/** A plan is only true of the moment: it is asked for again whenever it is shown. */
export const evacuationQuery = (id: string, kind: EvacuationKind) =>
  queryOptions({
    queryKey: keys.nodePart(id, `evacuation-${kind}`),
    queryFn: ({ signal }) => fetchJson(api.nodeEvacuation(id, { kind }), { answers: EvacuationPlan, signal }),
    staleTime: 0,
  });

export const lostMirrorsQuery = (id: string) =>
  queryOptions({
    queryKey: keys.nodePart(id, 'lost-mirrors'),
    queryFn: ({ signal }) => fetchJson(api.nodeLostMirrors(id), { answers: LostMirrors, signal }),
  });

export const volumesQuery = (id: string) =>
  queryOptions({
    queryKey: keys.nodePart(id, 'volumes'),
    queryFn: ({ signal }) => fetchJson(api.nodeVolumes(id), { answers: VolumeList, signal }),
  });

export const useCheckNode = () =>
  useMutation({
    mutationFn: ({ id }: { id: string }) =>
      fetchJson(api.nodeCheck(id), { answers: Accepted, method: 'POST', body: {} }),
  });

export const useSetNodeOffline = () =>
  useMutation({
    mutationFn: ({ id, ...body }: On<NodeSetOffline>) =>
      fetchJson(api.nodeOffline(id), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline: true },
  });

export const useSetNodeOnline = () =>
  useMutation({
    mutationFn: ({ id, ...body }: On<NodeSetOnline>) =>
      fetchJson(api.nodeOnline(id), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline: true },
  });

export const useEvacuateNode = () => {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: On<NodeEvacuate>) =>
      fetchJson(api.nodeEvacuation(id), { answers: AcceptedBatch, method: 'POST', body }),
    // Refused or not: what was shown is not the plan any more.
    onSettled: (_answer, _error, { id }) => cache.invalidateQueries({ queryKey: keys.nodeParts(id) }),
    meta: { shownInline: true },
  });
};

export const useRestoreMirrors = () => {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id }: { id: string }) =>
      fetchJson(api.nodeLostMirrors(id), { answers: AcceptedBatch, method: 'POST', body: {} }),
    onSettled: (_answer, _error, { id }) => cache.invalidateQueries({ queryKey: keys.nodeParts(id) }),
    meta: { shownInline: true },
  });
};

export const useRemoveVolume = () =>
  useMutation({
    mutationFn: ({ id, ...body }: On<VolumeRemove>) =>
      fetchJson(api.nodeVolumeRemove(id), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline: true },
  });

export const useTakeOverDomain = () =>
  useMutation({
    mutationFn: ({ id, domainId, ...body }: On<DomainTakeOverInput> & { domainId: string }) =>
      fetchJson(api.nodeDomainTakeOver(id, domainId), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline: true },
  });

export const useRunCommand = () =>
  useMutation({
    mutationFn: (body: NodeCommandRun) =>
      fetchJson(api.nodeCommands(), { answers: AcceptedBatch, method: 'POST', body }),
    meta: { shownInline: true },
  });

export const usePutFile = () =>
  useMutation({
    mutationFn: (body: NodeFilePut) =>
      fetchJson(api.nodeFiles(), { answers: AcceptedBatch, method: 'POST', body }),
    meta: { shownInline: true },
  });
