// Disks of an instance. Each answers the job that does the work.
import { useMutation } from '@tanstack/react-query';
import { api } from '@/contract/paths';
import { Accepted } from '@/contract/schemas/common';
import type { DiskAdd, DiskGrow } from '@/contract/schemas/instance-actions';
import { fetchJson } from './fetch-json';

type OnDisk = { id: string; diskId: string };

export const useAddDisk = () =>
  useMutation({
    mutationFn: ({ id, ...body }: { id: string } & DiskAdd) =>
      fetchJson(api.instanceDisks(id), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline: true },
  });

export const useGrowDisk = () =>
  useMutation({
    mutationFn: ({ id, diskId, ...body }: OnDisk & DiskGrow) =>
      fetchJson(api.instanceDisk(id, diskId), { answers: Accepted, method: 'PATCH', body }),
    meta: { shownInline: true },
  });

export const useRemoveDisk = () =>
  useMutation({
    mutationFn: ({ id, diskId }: OnDisk) =>
      fetchJson(api.instanceDisk(id, diskId), { answers: Accepted, method: 'DELETE' }),
    meta: { shownInline: true },
  });
