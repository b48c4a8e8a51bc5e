import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Observation } from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { createDb, type Db } from '../db/client';
import { observeNode } from './observe-node';

const timing = {
  ...{ unreachableAfterMs: 20, seenEveryMs: 0, steadyAfterMs: 1_000 },
  retryMs: { first: 1, most: 1 },
};

let database: TestDatabase;
let db: Db;
beforeEach(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, 4);
});
afterEach(async () => {
  await db.$disconnect();
  await database.drop();
});

/** Of a node whose tools take so long that its snapshot never comes: `beats` are told, then its connection ends with their failure. */
async function observeSlowNode(state: 'online' | 'unreachable') {
  const clusterId = (await db.cluster.create({ data: { name: 'c' } })).id;
  const node = { id: randomUUID(), name: 'node1', address: '10.0.0.1:4400' };
  await db.node.create({ data: { ...node, clusterId, state } });
  const stateNow = async () => (await db.node.findUniqueOrThrow({ where: { id: node.id } })).state;
  const stop = new AbortController();
  const whileBeating: string[] = [];
  const watch = async function* (): AsyncGenerator<Observation> {
    if (whileBeating.length > 0) return stop.abort();
    for (let beats = 0; beats < 4; beats += 1) {
      await sleep(timing.unreachableAfterMs);
      yield { kind: 'beat', at: new Date().toISOString() };
      whileBeating.push(await stateNow());
    }
    throw new AppError('timeout', 'vgs did not end in 30 s');
  };
  await observeNode({ db, agents: { watch }, node, signal: stop.signal, timing });
  return { whileBeating, after: await db.node.findUniqueOrThrow({ where: { id: node.id } }) };
}

it('does not take a node that only beats for one that is back', async () => {
  const { whileBeating } = await observeSlowNode('unreachable');
  expect(whileBeating).toEqual(['unreachable', 'unreachable', 'unreachable', 'unreachable']);
});

it('leaves a node alone while it beats, and takes it for lost when it cannot say how it is', async () => {
  const { whileBeating, after } = await observeSlowNode('online');
  expect(whileBeating).toEqual(['online', 'online', 'online', 'online']);
  expect(after).toMatchObject({ state: 'unreachable', problem: 'vgs did not end in 30 s' });
});
