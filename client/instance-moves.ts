// Where an instance runs and where its mirrors lie: what operators ask for. `shownInline`: a dialog shows the refusal itself.
import { useMutation } from '@tanstack/react-query';
import type { z } from 'zod';
import { api } from '@/contract/paths';
import { Accepted } from '@/contract/schemas/common';
import { Instance } from '@/contract/schemas/instance';
import type {
  InstanceConvert,
  InstanceFailover,
  InstanceMigrate,
  InstanceMove,
  InstanceRecreateDisks,
  InstanceRepairMirror,
  InstanceReplaceDisks,
} from '@/contract/schemas/instance-actions';
import { fetchJson } from './fetch-json';

type On<Body> = { id: string } & Partial<Body>;
type Look = { shownInline?: boolean };

export const useMigrateInstance = ({ shownInline = false }: Look = {}) =>
  useMutation({
    mutationFn: ({ id, ...body }: On<InstanceMigrate>) =>
      fetchJson(api.instanceAction(id, 'migrate'), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline },
  });

export const useFailOverInstance = ({ shownInline = false }: Look = {}) =>
  useMutation({
    mutationFn: ({ id, ...body }: On<InstanceFailover>) =>
      fetchJson(api.instanceAction(id, 'failover'), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline },
  });

export const useReplaceDisks = ({ shownInline = false }: Look = {}) =>
  useMutation({
    mutationFn: ({
      id,
      ...body
    }: { id: string } & Pick<InstanceReplaceDisks, 'mode'> & Partial<InstanceReplaceDisks>) =>
      fetchJson(api.instanceAction(id, 'replace-disks'), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline },
  });

export const usePauseInstance = () => usePower('pause');
export const useResumeInstance = () => usePower('resume');

function usePower(verb: 'pause' | 'resume') {
  return useMutation({
    mutationFn: ({ id }: { id: string }) =>
      fetchJson(api.instancePower(id, verb), { answers: Accepted, method: 'POST', body: {} }),
  });
}

export const useRepairMirror = () =>
  useMutation({
    mutationFn: ({ id, ...body }: { id: string } & InstanceRepairMirror) =>
      fetchJson(api.instanceAction(id, 'repair-mirror'), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline: true },
  });

export const useMoveInstance = () =>
  useMutation({
    mutationFn: ({ id, ...body }: On<InstanceMove>) =>
      fetchJson(api.instanceAction(id, 'move'), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline: true },
  });

export const useRecreateDisks = () =>
  useMutation({
    mutationFn: ({ id, ...body }: On<InstanceRecreateDisks> & Pick<InstanceRecreateDisks, 'confirmName'>) =>
      fetchJson(api.instanceAction(id, 'recreate-disks'), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline: true },
  });

export const useConvertInstance = () =>
  useMutation({
    mutationFn: ({ id, ...body }: { id: string } & Pick<InstanceConvert, 'to'> & Partial<InstanceConvert>) =>
      fetchJson(api.instanceAction(id, 'convert'), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline: true },
  });

export const useActivateDisks = ({ shownInline = false }: Look = {}) =>
  useMaintenance('activate-disks', { answers: Accepted, shownInline });
export const useDeactivateDisks = () =>
  useMaintenance('deactivate-disks', { answers: Accepted, shownInline: true });
export const useSetOffline = () => useMaintenance('set-offline', { answers: Instance, shownInline: true });
export const useSetOnline = () => useMaintenance('set-online', { answers: Instance, shownInline: true });

function useMaintenance<A extends z.ZodType>(
  verb: Parameters<typeof api.instanceMaintenance>[1],
  { answers, shownInline }: { answers: A; shownInline: boolean },
) {
  return useMutation({
    mutationFn: ({ id }: { id: string }) =>
      fetchJson(api.instanceMaintenance(id, verb), { answers, method: 'POST', body: {} }),
    meta: { shownInline },
  });
}
