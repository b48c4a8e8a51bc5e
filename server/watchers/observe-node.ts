// Watches one node for as long as it is asked to: opens the agent's stream, stores what it says, opens it again when it breaks.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Observation, ObservedInstance } from '@/contract/agent-calls';
import { toErrorBody } from '@/contract/errors';
import type { AgentAddress, AgentClient } from '../agents/agent-client';
import type { Db } from '../db/client';
import { log } from '../log';
import { recordProblem, recordReport, recordSeen, recordUnreachable } from './node-record';
import { Patience, type PatienceTiming } from './patience';
import { storeMirrors } from './store-mirrors';
import { storeGone, storeInstance, storeSnapshot } from './store-observations';
import { forgetStray, isThere, storeStray, storeStrays } from './store-strays';

export type ObserveTiming = PatienceTiming & { seenEveryMs: number };
export const usualTiming: ObserveTiming = {
  unreachableAfterMs: 10_000,
  seenEveryMs: 10_000,
  retryMs: { first: 500, most: 5_000 },
  steadyAfterMs: 30_000,
};

export type ObserveNode = {
  db: Db;
  agents: Pick<AgentClient, 'watch'>;
  node: AgentAddress;
  signal: AbortSignal;
  timing: ObserveTiming;
};

export async function observeNode({ db, agents, node, signal, timing }: ObserveNode): Promise<void> {
  const patience = new Patience(timing, performance.now());
  while (!signal.aborted) {
    const view = new NodeView(db, node.id, timing);
    let problem = `${node.name} ended the connection`;
    try {
      for await (const observation of agents.watch(node, signal)) {
        await view.apply(observation);
        // One that only beats, and never comes to say how it is, is as good as lost.
        if (view.isComplete) patience.heard(performance.now());
      }
    } catch (error) {
      problem = toErrorBody(error).message;
    }
    if (signal.aborted) return;
    const { isLost, waitMs } = patience.broke(performance.now());
    if (isLost)
      await recordUnreachable(db, node.id, problem).catch((error: unknown) =>
        log.error({ error, node: node.name }, 'Cannot record that a node does not answer'),
      );
    // Many nodes that were lost together must not all come back in the same moment.
    await sleep(waitMs * (0.5 + Math.random()), undefined, { signal }).catch(() => {});
  }
}

/** One connection's view of a node. */
class NodeView {
  readonly #db: Db;
  readonly #nodeId: string;
  readonly #seenEveryMs: number;
  /** Run here, but belong nowhere or elsewhere: name by id. */
  #strays = new Map<string, string>();
  #seenAt = performance.now();
  #isComplete = false;
  #problem: string | null | undefined;

  constructor(db: Db, nodeId: string, { seenEveryMs }: ObserveTiming) {
    this.#db = db;
    this.#nodeId = nodeId;
    this.#seenEveryMs = seenEveryMs;
  }

  /** Since the snapshot. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  async apply(observation: Observation): Promise<void> {
    switch (observation.kind) {
      case 'snapshot': {
        await this.#report(observation);
        const { known } = await storeSnapshot(this.#db, this.#nodeId, observation.instances);
        const strays = observation.instances.filter((one) => isThere(one) && !known.has(one.id));
        this.#strays = new Map(strays.map(({ id, name }) => [id, name]));
        await storeStrays(this.#db, this.#nodeId, [...this.#strays.keys()]);
        this.#isComplete = true;
        return this.#tellStrays();
      }
      case 'instance': {
        const { known } = await storeInstance(this.#db, this.#nodeId, observation.instance);
        return this.#judge(observation.instance, known.size > 0);
      }
      case 'gone':
        await storeGone(this.#db, this.#nodeId, observation.instanceId);
        return this.#forget(observation.instanceId);
      case 'mirrors':
        return storeMirrors(this.#db, this.#nodeId, observation.mirrors);
      case 'facts':
        return this.#report(observation);
      case 'beat':
        return this.#beat();
    }
  }

  async #report({ facts, at }: Extract<Observation, { kind: 'facts' | 'snapshot' }>): Promise<void> {
    this.#seenAt = performance.now();
    await recordReport(this.#db, this.#nodeId, { facts, clockSkewMs: Date.parse(at) - Date.now() });
  }

  async #beat(): Promise<void> {
    if (!this.#isComplete || performance.now() - this.#seenAt < this.#seenEveryMs) return;
    this.#seenAt = performance.now();
    await recordSeen(this.#db, this.#nodeId);
  }

  async #judge(observed: ObservedInstance, isKnown: boolean): Promise<void> {
    const { id, name } = observed;
    if (isKnown || !isThere(observed)) return this.#forget(id);
    if (this.#strays.has(id)) return;
    this.#strays.set(id, name);
    await storeStray(this.#db, this.#nodeId, id);
    await this.#tellStrays();
  }

  async #forget(id: string): Promise<void> {
    if (!this.#strays.delete(id)) return;
    await forgetStray(this.#db, this.#nodeId, id);
    await this.#tellStrays();
  }

  async #tellStrays(): Promise<void> {
    const names = [...this.#strays.values()].sort().slice(0, 10);
    const problem = names.length > 0 ? `Runs instances that do not belong here: ${names.join(', ')}` : null;
    if (problem === this.#problem) return;
    this.#problem = problem;
    await recordProblem(this.#db, this.#nodeId, problem);
  }
}
