// Asks one node all that the verification judges it by. What cannot be had is left out, with the reason; nothing on the node changes.
import { hostname } from 'node:os';
import type { AgentCall, AgentParams, AgentResult } from '@/contract/agent-calls';
import { toErrorBody } from '@/contract/errors';
import { hookKey } from '@/contract/hooks';
import type { NodeDisk } from '@/contract/schemas/disk';
import type { NodeFacts } from '@/contract/schemas/node';
import type { AgentAddress, AgentClient } from '../agents/agent-client';
import { prefixed } from '../operations/hooks/run-hooks';
import type { NodeAnswer } from './snapshot';

/** It has time: a node that is slow, or whose tools are, is told apart from one that is silent. */
const answerMs = 60_000;
const hook = 'cluster-verify';

export type Question = {
  agents: Pick<AgentClient, 'call'>;
  node: AgentAddress;
  clusterName: string;
  /** The sides of mirrors that it should have. */
  mirrored: NodeDisk[];
  signal: AbortSignal;
};
type Ask = <C extends AgentCall>(name: C, params: AgentParams<C>) => Promise<AgentResult<C>>;
type Problems = NodeAnswer['problems'];

/** Throws where it does not answer at all. */
export async function askNode({
  agents,
  node,
  clusterName,
  mirrored,
  signal,
}: Question): Promise<NodeAnswer> {
  const ask: Ask = (name, params) =>
    agents.call(node, name, params, { signal, patienceMs: 0, answerMs, together: true });
  const problems: Problems = {};
  const orNull = <T>(part: keyof Problems, answer: Promise<T>) =>
    answer.catch((error: unknown) => {
      signal.throwIfAborted();
      problems[part] ??= toErrorBody(error).message;
      return null;
    });
  const telling = askFacts(ask);
  const [told, list, disks, volumes, mirrors, devices, hooks] = await Promise.all([
    telling,
    orNull('instances', ask('instance.list', {})),
    orNull('volumes', ask('disk.list', {})),
    orNull('volumes', ask('volume.list', {})),
    orNull('mirrors', ask('mirror.status', { disks: mirrored })),
    // Older agents have no such call.
    ask('mirror.devices', { disks: mirrored }).catch(() => null),
    orNull(
      'hooks',
      telling.then(({ facts }) => runHooks(ask, facts, clusterName)),
    ),
  ]);
  return {
    ...{ ...told, problems, devices },
    instances: list?.instances ?? null,
    defined: list?.defined ?? [],
    disks: disks?.disks ?? null,
    volumes: volumes?.volumes ?? null,
    mirrors: mirrors?.mirrors ?? null,
    hooks: hooks ?? [],
  };
}

async function askFacts(ask: Ask): Promise<Pick<NodeAnswer, 'facts' | 'asked'>> {
  const from = new Date();
  const facts = await ask('node.facts', {});
  return { facts, asked: { from, until: new Date() } };
}

/** What the node's administrator has verified besides; answers the scripts that found something. */
async function runHooks(ask: Ask, { hooks }: NodeFacts, cluster: string): Promise<NodeAnswer['hooks']> {
  if (!hooks?.includes(hookKey(hook, 'post'))) return [];
  const env = prefixed({
    ...{ CLUSTER: cluster, MASTER: hostname(), DATA_DIR: '/var/lib/ganeti', CLUSTER_TAGS: '' },
    ...{ OP_CODE: 'OP_CLUSTER_VERIFY', OP_TARGET: cluster, OBJECT_TYPE: 'CLUSTER' },
    ...{ HOOKS_PATH: hook, HOOKS_PHASE: 'post', HOOKS_VERSION: '2' },
  });
  const { results } = await ask('hooks.run', { name: hook, phase: 'post', env });
  return results
    .filter(({ status }) => status === 'failed')
    .map(({ script, output, exitCode }) => ({
      script,
      said: output || `exit code ${exitCode ?? 'unknown'}`,
    }));
}
