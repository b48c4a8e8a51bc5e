// What the create form offers of OSes that scripts install, and what is accepted of them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toErrorBody } from '@/contract/errors';
import type { ScriptOffer } from '@/contract/schemas/os-script';
import { getCreateOptions } from './create-options';
import { createInstance } from './instance-create';
import { factsOf, makeNode, openWorld, wishFor, type World } from './testing/console-world';

const debootstrap: ScriptOffer = {
  ...{ name: 'debootstrap', variants: ['bookworm', 'trixie'], problem: null },
  parameters: [{ name: 'filesystem', description: 'Of the root.' }],
};
const broken: ScriptOffer = { name: 'broken', variants: [], parameters: [], problem: 'it has no create' };
const onlyHere: ScriptOffer = { name: 'alpine', variants: [], parameters: [], problem: null };

let world: World;
let otherId: string;
beforeAll(async () => {
  world = await openWorld();
  otherId = await makeNode(world.db, { clusterId: world.clusterId, name: 'rhino8' });
  await setScripts(world.nodeId, [debootstrap, broken, onlyHere]);
  await setScripts(otherId, [{ ...debootstrap, variants: ['bookworm'] }, broken]);
});
afterAll(() => world.close());

async function setScripts(id: string, scripts: ScriptOffer[]): Promise<void> {
  await world.db.node.update({ where: { id }, data: { facts: { ...factsOf('rhino'), scripts } } });
}
const offerTo = async (person: World['alice']) => {
  const { clusters } = await getCreateOptions(person.ctx, {});
  return clusters.find(({ cluster }) => cluster.id === world.clusterId);
};

it('offers customers what all nodes agree on, and operators also what each node has', async () => {
  const common = [{ ...debootstrap, variants: ['bookworm'] }];
  expect(await offerTo(world.alice)).toMatchObject({ scripts: common, nodes: null });
  const offer = await offerTo(world.operator);
  expect(offer?.scripts).toEqual(common);
  const here = offer?.nodes?.find(({ id }) => id === world.nodeId);
  expect(here?.scripts).toEqual([debootstrap, onlyHere]);
});

it('accepts a choice that some node can install, and names no node where none can', async () => {
  const os = {
    kind: 'script',
    name: 'debootstrap',
    variant: 'trixie',
    params: { filesystem: 'ext4' },
  } as const;
  const { jobId } = await createInstance(world.alice.ctx, wishFor(world.clusterId, { os }));
  const job = await world.db.job.findUniqueOrThrow({ where: { id: jobId } });
  expect(job.params).toMatchObject({ isScripted: true });
  const audit = await world.db.auditEntry.findFirstOrThrow({ where: { jobId } });
  expect(audit.details).toMatchObject({ os: 'debootstrap+trixie' });
  const bad = createInstance(world.alice.ctx, wishFor(world.clusterId, { os: { ...os, name: 'broken' } }));
  const refused = toErrorBody(
    await bad.then(
      () => null,
      (error: unknown) => error,
    ),
  );
  expect(refused).toMatchObject({
    code: 'invalid',
    details: { issues: [{ path: ['os'], message: 'No node that is online can install broken+trixie.' }] },
  });
});
