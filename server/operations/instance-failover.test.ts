import { expect, it } from 'vitest';
import { untilEnded } from '../jobs/testing/engine-on-database';
import { useWorld } from './testing/use-world';
import { mirrored, type World } from './testing/world';

let world: World;
useWorld((used) => ({ world } = used));

it('knows no node elsewhere any more when the instance belongs where it was seen', async () => {
  const place = await world.makePlace({ nodes: 2 });
  const id = await world.makeInstance(place, { start: true, as: mirrored });
  const [, second] = place.nodes;
  await world.db.instance.update({ where: { id }, data: { elsewhereId: second?.id } });
  const jobId = await world.orderOn(place, id, {
    operation: 'instance.failover',
    params: { timeoutS: 0 },
  });
  expect(await untilEnded(world.db, jobId)).toMatchObject({ status: 'success' });
  expect(await world.db.instance.findUnique({ where: { id } })).toMatchObject({
    nodeId: second?.id,
    elsewhereId: null,
    status: 'running',
  });
});
