import { queryOptions, useMutation } from '@tanstack/react-query';
import { api } from '@/contract/paths';
import { Accepted } from '@/contract/schemas/common';
import {
  type ConsoleKind,
  ConsoleTicket,
  Instance,
  type InstanceCreate,
  type InstanceCreateInput,
  type InstanceListQuery,
  InstancePage,
  type InstanceReboot,
  type InstanceRemove,
  type InstanceStart,
  type InstanceStop,
} from '@/contract/schemas/instance';
import type { InstanceReinstall, InstanceRename } from '@/contract/schemas/instance-install';
import { fetchJson } from './fetch-json';
import { keys } from './keys';

export const instanceQuery = (id: string) =>
  queryOptions({
    queryKey: keys.detail('instance', id),
    queryFn: ({ signal }) => fetchJson(api.instance(id), { answers: Instance, signal }),
  });

export const instancesQuery = (query: InstanceListQuery) =>
  queryOptions({
    queryKey: keys.list('instance', query),
    queryFn: ({ signal }) => fetchJson(api.instances(query), { answers: InstancePage, signal }),
  });

/** All mutations of an instance answer the job that does the work; live events tell how it goes. */
export const useCreateInstance = () =>
  useMutation({
    mutationFn: (body: InstanceCreate | InstanceCreateInput) =>
      fetchJson(api.instances(), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline: true },
  });

export const useStartInstance = ({ shownInline = false }: { shownInline?: boolean } = {}) =>
  useMutation({
    mutationFn: ({ id, ...body }: { id: string } & Partial<InstanceStart>) =>
      fetchJson(api.instancePower(id, 'start'), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline },
  });

export const useStopInstance = () =>
  useMutation({
    mutationFn: ({ id, ...body }: { id: string } & Partial<InstanceStop>) =>
      fetchJson(api.instancePower(id, 'stop'), { answers: Accepted, method: 'POST', body }),
  });

export const useRebootInstance = () =>
  useMutation({
    mutationFn: ({ id, ...body }: { id: string } & Partial<InstanceReboot>) =>
      fetchJson(api.instancePower(id, 'reboot'), { answers: Accepted, method: 'POST', body }),
  });

export const useReinstallInstance = () =>
  useMutation({
    mutationFn: ({ id, ...body }: { id: string } & InstanceReinstall) =>
      fetchJson(api.instanceReinstall(id), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline: true },
  });

export const useRenameInstance = () =>
  useMutation({
    mutationFn: ({ id, ...body }: { id: string } & InstanceRename) =>
      fetchJson(api.instanceRename(id), { answers: Accepted, method: 'POST', body }),
    meta: { shownInline: true },
  });

export const useRemoveInstance = () =>
  useMutation({
    mutationFn: ({ id, ...body }: { id: string } & InstanceRemove) =>
      fetchJson(api.instance(id), { answers: Accepted, method: 'DELETE', body }),
    meta: { shownInline: true },
  });

/** A ticket is used once and at once, so it is never cached: a plain call instead of a query. */
export const createConsoleTicket = (id: string, kind: ConsoleKind) =>
  fetchJson(api.consoleTickets(id), { answers: ConsoleTicket, method: 'POST', body: { kind } });
