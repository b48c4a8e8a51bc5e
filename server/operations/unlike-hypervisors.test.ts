import { expect, it } from 'vitest';
import { untilEnded } from '../jobs/testing/engine-on-database';
import { useWorld } from './testing/use-world';
import { mirrored, type World } from './testing/world';

let world: World;
useWorld((used) => ({ world } = used));

it.each([
  ['instance.migrate', 'migrate', {}],
  ['instance.failover', 'fail over', { timeoutS: 0 }],
] as const)(
  '%s to a node that runs another hypervisor by now is refused, and nothing changes',
  async (operation, doing, params) => {
    const place = await world.makePlace({ nodes: 2 });
    const id = await world.makeInstance(place, { start: true, as: mirrored });
    const [first, second] = place.nodes;
    const row = await world.db.node.findUniqueOrThrow({ where: { id: second?.id } });
    const facts = Object.assign({}, row.facts, { hypervisors: [{ kind: 'xen-pvm', version: '4.17.5' }] });
    await world.db.node.update({ where: { id: row.id }, data: { facts } });
    const { name } = await world.db.instance.findUniqueOrThrow({ where: { id } });
    const jobId = await world.orderOn(place, id, { operation, params });
    expect(await untilEnded(world.db, jobId)).toMatchObject({
      status: 'error',
      error: {
        code: 'wrong_state',
        message: `Cannot ${doing} ${name}: it is for simulated, and ${row.name} has xen-pvm`,
      },
    });
    expect(await world.db.instance.findUnique({ where: { id } })).toMatchObject({
      nodeId: first?.id,
      status: 'running',
    });
  },
);
