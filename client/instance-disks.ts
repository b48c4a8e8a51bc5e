// Disks of an instance. Each answers the job that does the work.
import { queryOptions, useMutation } from '@tanstack/react-query';
import { api } from '@/contract/paths';
import { Accepted } from '@/contract/schemas/common';
import {
  type DiskAdd,
  type DiskAdopt,
  type DiskGrow,
  type DiskMove,
  DiskTargets,
} from '@/contract/schemas/instance-actions';
import { fetchJson } from './fetch-json';
import { keys } from './keys';

type OnDisk = { id: string; diskId: string };

export const useAddDisk = () =>
  useMutation({
    mutationFn: ({ id, ...body }: { id: string } & DiskAdd) =>
      fetchJson(api.instanceDisks(id), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline: true },
  });

export const useAdoptDisk = () =>
  useMutation({
    mutationFn: ({ id, ...body }: { id: string } & DiskAdopt) =>
      fetchJson(api.instanceDiskAdopt(id), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline: true },
  });

export const useGrowDisk = () =>
  useMutation({
    mutationFn: ({ id, diskId, ...body }: OnDisk & DiskGrow) =>
      fetchJson(api.instanceDisk(id, diskId), { answers: Accepted, method: 'PATCH', body }),
    meta: { shownInline: true },
  });

/** Which instances could have it by now: whoever asks wants to know it anew. */
export const diskTargetsQuery = ({ id, diskId }: OnDisk) =>
  queryOptions({
    queryKey: keys.instancePart(id, `targets of ${diskId}`),
    queryFn: ({ signal }) => fetchJson(api.instanceDiskTargets(id, diskId), { answers: DiskTargets, signal }),
    staleTime: 0,
  });

export const useMoveDisk = () =>
  useMutation({
    mutationFn: ({ id, diskId, ...body }: OnDisk & DiskMove) =>
      fetchJson(api.instanceDiskMove(id, diskId), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline: true },
  });

export const useRemoveDisk = () =>
  useMutation({
    mutationFn: ({ id, diskId }: OnDisk) =>
      fetchJson(api.instanceDisk(id, diskId), { answers: Accepted, method: 'DELETE' }),
    meta: { shownInline: true },
  });
