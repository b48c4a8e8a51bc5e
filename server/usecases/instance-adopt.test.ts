import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { toErrorBody } from '@/contract/errors';
import type { ForeignDomain } from '@/contract/schemas/domain';
import { adoptInstance } from './instance-adopt';
import { factsOf, makeCluster, makeInstance, makeNode, openWorld, type World } from './testing/console-world';

let world: World;
let clusterId = '';
let nodeId = '';
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

beforeEach(async () => {
  clusterId = await makeCluster(world.db);
  await world.db.cluster.update({
    where: { id: clusterId },
    data: { hypervisors: ['xen-pvm'], diskTemplates: ['plain'] },
  });
  nodeId = await makeNode(world.db, { clusterId, name: `xen-${clusterId.slice(0, 8)}` });
});

function domainOf(changes: Partial<ForeignDomain> = {}): ForeignDomain {
  const id = randomUUID();
  const volume = { vg: 'corral', name: 'root-1' };
  return {
    ...{
      id,
      name: 'By_hand',
      hypervisor: 'xen-pvm',
      state: 'running',
      vcpus: 2,
      memoryMiB: 256,
      problem: null,
    },
    disks: [{ index: 1, vdev: 'xvdb', path: '/dev/corral/root-1', volume, sizeMiB: 64, mode: 'ro' }],
    nics: [{ mac: `00:16:3e:${id.slice(0, 2)}:${id.slice(2, 4)}:${id.slice(4, 6)}`, bridge: 'br0' }],
    hvParams: { kernelPath: '/boot/vmlinuz', rootPath: null },
    ...changes,
  };
}

async function told(...domains: ForeignDomain[]): Promise<void> {
  await world.db.node.update({ where: { id: nodeId }, data: { facts: { ...factsOf('xen1'), domains } } });
}

const adopt = (
  domainId: string,
  { name = 'web1', ownerId = world.alice.actor.userId, exceedQuota = false } = {},
) => adoptInstance(world.operator.ctx, { id: nodeId, domainId, name, ownerId, exceedQuota });
const refusal = (work: Promise<unknown>) => work.then(() => null, toErrorBody);

it('writes the instance down as the node told of the domain, and charges its owner', async () => {
  const { db, alice, operator } = world;
  const domain = domainOf();
  await told(domain);
  const { jobId, instanceId } = await adopt(domain.id);
  expect(instanceId).toBe(domain.id);
  const instance = await db.instance.findUniqueOrThrow({
    where: { id: domain.id },
    include: { disks: true, nics: true },
  });
  expect(instance).toMatchObject({
    ...{ name: 'web1', hypervisor: 'xen-pvm', os: { kind: 'none' }, vcpus: 2, memoryMiB: 256, nodeId },
    ...{
      lifecycle: 'creating',
      diskTemplate: 'plain',
      ownerId: alice.actor.userId,
      hvParams: domain.hvParams,
    },
    disks: [{ index: 1, sizeMiB: 64, mode: 'ro', vg: 'corral' }],
    nics: [{ index: 0, mode: 'bridged', link: 'br0', mac: domain.nics[0]?.mac }],
  });
  expect(await db.job.findUniqueOrThrow({ where: { id: jobId } })).toMatchObject({
    ...{ operation: 'instance.adopt', targetName: 'web1', params: { instanceId: domain.id, nodeId, domain } },
  });
  const balances = await db.quotaBalance.findMany({ where: { clusterId, ownerId: alice.actor.userId } });
  expect(Object.fromEntries(balances.map(({ resource, reserved }) => [resource, Number(reserved)]))).toEqual({
    ...{ instances: 1, vcpus: 2, memoryMiB: 256, diskMiB: 64 },
  });
  expect(await db.auditEntry.findFirst({ where: { jobId } })).toMatchObject({
    ...{ action: 'instance.adopt', actorName: operator.actor.name, details: { nodeId, domain: 'By_hand' } },
  });
});

it('is for operators alone', async () => {
  const domain = domainOf();
  await told(domain);
  const wish = { id: nodeId, domainId: domain.id, name: 'web1', exceedQuota: false };
  expect(await refusal(adoptInstance(world.alice.ctx, wish))).toMatchObject({ code: 'forbidden' });
});

it('says what the node says stands against it, and what the cluster does not offer', async () => {
  const { db } = world;
  const [bad, hvm] = [
    domainOf({ problem: 'Its disk xvda is on a file.' }),
    domainOf({ hypervisor: 'xen-hvm' }),
  ];
  const good = domainOf();
  await told(bad, hvm, good);
  const words = async (id: string) => (await refusal(adopt(id)))?.message;
  expect(await words(bad.id)).toBe('Cannot take By_hand over: Its disk xvda is on a file.');
  expect(await words(hvm.id)).toContain('does not offer xen-hvm');
  expect(await words(randomUUID())).toContain('tells of no such machine');
  await db.cluster.update({ where: { id: clusterId }, data: { diskTemplates: ['drbd'] } });
  expect(await words(good.id)).toContain('does not offer plain disks');
  await db.node.update({ where: { id: nodeId }, data: { state: 'unreachable' } });
  expect(await words(good.id)).toContain('it is unreachable');
  expect(await db.instance.count({ where: { clusterId } })).toBe(0);
});

it('refuses a name, a MAC address and an id that an instance has, and what the quota does not allow', async () => {
  const { db, alice } = world;
  const ownerId = alice.actor.userId;
  const other = await makeInstance(db, { clusterId, ownerId, name: 'web1' });
  const { mac } = await db.nic.findFirstOrThrow({ where: { instanceId: other } });
  const [domain, sameMac, sameId] = [
    domainOf(),
    domainOf({ nics: [{ mac, bridge: 'br0' }] }),
    domainOf({ id: other }),
  ];
  await told(domain, sameMac, sameId);
  expect(await refusal(adopt(domain.id))).toMatchObject({ code: 'already_exists' });
  const words = async (id: string) => (await refusal(adopt(id, { name: 'web2' })))?.message;
  expect(await words(sameMac.id)).toContain(`web1 has its MAC address ${mac}`);
  expect(await words(sameId.id)).toContain('instance web1 has the same id');
  await db.quotaOverride.create({ data: { userId: ownerId, clusterId, vcpus: '1' } });
  expect(await refusal(adopt(domain.id, { name: 'web2' }))).toMatchObject({ code: 'no_resources' });
  await adopt(domain.id, { name: 'web2', exceedQuota: true });
  expect(await words(domain.id)).toContain('web2');
});
