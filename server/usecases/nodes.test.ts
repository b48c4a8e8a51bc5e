import { afterAll, beforeAll, expect, it } from 'vitest';
import { toErrorBody } from '@/contract/errors';
import { checkNode } from './nodes';
import { makeNode, openWorld, type World } from './testing/console-world';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

it('has a node checked again that answers, and refuses one that does not', async () => {
  const { clusterId, operator, nodeId, db } = world;
  const { jobId } = await checkNode(operator.ctx, { id: nodeId });
  expect(await db.job.findUniqueOrThrow({ where: { id: jobId } })).toMatchObject({
    operation: 'node.check',
    params: { nodeId },
    targetId: nodeId,
  });
  expect(await db.auditEntry.findFirst({ where: { jobId } })).toMatchObject({ action: 'node.check' });
  const id = await makeNode(db, { clusterId, name: 'rhino8', state: 'unreachable' });
  const refused = await checkNode(operator.ctx, { id }).catch((error: unknown) => error);
  expect(toErrorBody(refused)).toMatchObject({ code: 'wrong_state' });
});
