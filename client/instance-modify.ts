import { useMutation } from '@tanstack/react-query';
import { api } from '@/contract/paths';
import { Accepted } from '@/contract/schemas/common';
import type { InstanceModifyInput } from '@/contract/schemas/instance-actions';
import { fetchJson } from './fetch-json';

export const useModifyInstance = () =>
  useMutation({
    mutationFn: ({ id, ...body }: { id: string } & InstanceModifyInput) =>
      fetchJson(api.instance(id), { answers: Accepted, method: 'PATCH', body }),
    meta: { shownInline: true },
  });
