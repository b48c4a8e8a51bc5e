import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/contract/paths';
import { Accepted } from '@/contract/schemas/common';
import {
  AgentUpgrade,
  JoinToken,
  type JoinTokenCreate,
  Node,
  type NodeListQuery,
  NodePage,
  type NodeUpdate,
} from '@/contract/schemas/node';
import { fetchJson } from './fetch-json';
import { keys } from './keys';

export const nodeQuery = (id: string) =>
  queryOptions({
    queryKey: keys.detail('node', id),
    queryFn: ({ signal }) => fetchJson(api.node(id), { answers: Node, signal }),
  });

export const nodesQuery = (query: NodeListQuery) =>
  queryOptions({
    queryKey: keys.list('node', query),
    queryFn: ({ signal }) => fetchJson(api.nodes(query), { answers: NodePage, signal }),
  });

export const agentUpgradeQuery = () =>
  queryOptions({
    queryKey: ['agent-upgrade'],
    queryFn: ({ signal }) => fetchJson(api.agentUpgrade(), { answers: AgentUpgrade, signal }),
  });

export const useUpdateNode = () => {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string } & NodeUpdate) =>
      fetchJson(api.node(id), { answers: Node, method: 'PATCH', body }),
    onSuccess: (node) => cache.setQueryData(nodeQuery(node.id).queryKey, node),
  });
};

/** Answers the job that removes the node. */
export const useRemoveNode = () =>
  useMutation({
    mutationFn: ({ id }: { id: string }) => fetchJson(api.node(id), { answers: Accepted, method: 'DELETE' }),
    meta: { shownInline: true },
  });

export const useCreateJoinToken = () =>
  useMutation({
    mutationFn: (body: JoinTokenCreate) =>
      fetchJson(api.joinTokens(), { answers: JoinToken, method: 'POST', body }),
    meta: { shownInline: true },
  });
