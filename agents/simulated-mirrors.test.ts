import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { observeBeatMs, type InstanceDefinition, type Observation } from '@/contract/agent-calls';
import type { MirrorStatus, NodeDisk } from '@/contract/schemas/disk';
import { AppError } from '@/contract/errors';
import type { CallContext } from './calls/handlers';
import { createIdentityStore } from './identity';
import { openSimulatedNode, type SimulatedNode } from './simulated-node';
import { createSimulatedWire, type SimulatedWire } from './storage/simulated-wire';
import { defineSimulated } from './testing/definitions';
import { handTicker } from './testing/hand-ticker';
import { makeMirrorPair } from './testing/mirror-pair';
import { makeTempFolder } from './testing/temp-folder';

const call: CallContext = { signal: new AbortController().signal, log: () => {}, progress: () => {} };
const hand = handTicker();

async function openNode(wire: SimulatedWire, dataDir?: string, nodeId: string = randomUUID()) {
  const folder = dataDir ?? (await makeTempFolder());
  const node = await openSimulatedNode({
    ...{ nodeId, name: 'sim-001', dataDir: folder, store: createIdentityStore(folder), wire },
    ...{ log: () => {}, onRenewed: async () => {}, onLeft: () => {}, ticker: hand.ticker },
  });
  return { node, again: () => openNode(wire, folder, nodeId) };
}

type Half = { node: SimulatedNode; disk: NodeDisk; definition: InstanceDefinition };

const statusOf = async ({ node, disk }: Half): Promise<MirrorStatus | undefined> =>
  (await node.handlers['mirror.status']({ disks: [disk] }, call)).mirrors[0];

/** An instance with a disk on two nodes, made as the control plane makes it: in step, not started. */
async function makeMirrored(name: string) {
  const wire = createSimulatedWire();
  const [first, second] = [await openNode(wire), await openNode(wire)];
  const ids = { instanceId: randomUUID(), diskId: randomUUID(), sizeMiB: 64 };
  const [mine, theirs] = makeMirrorPair(ids);
  const halfOn = (node: SimulatedNode, disk: NodeDisk): Half => {
    const disks = [{ id: ids.diskId, index: 0, sizeMiB: 64, spec: disk.spec }];
    return {
      node,
      disk,
      definition: defineSimulated(name, { id: ids.instanceId, diskTemplate: 'drbd', disks }),
    };
  };
  const primary = halfOn(first.node, mine);
  const secondary = halfOn(second.node, theirs);
  for (const { node, disk, definition } of [primary, secondary]) {
    await node.handlers['instance.define']({ definition }, call);
    await node.handlers['disk.create']({ ...disk, wipe: true }, call);
  }
  for (const { node, disk } of [primary, secondary]) await node.handlers['disk.assemble'](disk, call);
  await primary.node.handlers['mirror.settle']({ ...primary.disk, how: 'inSync' }, call);
  const close = () => Promise.all([primary.node.close(), secondary.node.close()]);
  return { ...ids, wire, primary, secondary, reopen: first.again, close };
}

it('makes a side primary while its instance runs there, and keeps the mirror in step when it has ended', async () => {
  const { primary, secondary, instanceId, close } = await makeMirrored('web1');
  await primary.node.handlers['os.install']({ instanceId }, call);
  expect(await statusOf(primary)).toMatchObject({ role: 'secondary', connection: 'connected' });
  await primary.node.handlers['instance.start']({ instanceId }, call);
  expect(await statusOf(secondary)).toMatchObject({ role: 'secondary', peerRole: 'primary' });
  await expect(secondary.node.handlers['instance.start']({ instanceId }, call)).rejects.toMatchObject({
    code: 'wrong_state',
    message: 'Cannot start web1: its other side is primary',
  });
  await primary.node.handlers['instance.stop']({ instanceId, force: true, timeoutMs: 0 }, call);
  expect(await statusOf(primary)).toMatchObject({ role: 'secondary', diskState: 'upToDate', sync: 'none' });
  await secondary.node.handlers['instance.start']({ instanceId }, call);
  expect(await statusOf(primary)).toMatchObject({ role: 'secondary', peerRole: 'primary' });
  await close();
});

it.each(['storage.open', 'network.plug', 'hypervisor.start'] as const)(
  'takes the role back when %s fails',
  async (point) => {
    const { primary, instanceId, close } = await makeMirrored('web1');
    primary.node.faults.fail(point, { error: new AppError('tool_failed', 'it broke') });
    const start = primary.node.handlers['instance.start']({ instanceId }, call);
    await expect(start).rejects.toMatchObject({ message: 'Cannot start web1: it broke' });
    expect(await statusOf(primary)).toMatchObject({ role: 'secondary', connection: 'connected' });
    await close();
  },
);

it('opens nothing by itself when the agent comes back, and demotes what no instance uses', async () => {
  const { primary, secondary, instanceId, reopen, close } = await makeMirrored('web1');
  await primary.node.handlers['disk.open'](primary.disk, call);
  await primary.node.close();
  const { node } = await reopen();
  // Waits for its turn behind the release.
  await node.handlers['instance.define']({ definition: primary.definition }, call);
  expect(await statusOf({ ...primary, node })).toMatchObject({ role: 'secondary', connection: 'connected' });
  await node.handlers['disk.shutdown'](primary.disk, call);
  await node.close();
  const later = (await reopen()).node;
  await later.handlers['instance.define']({ definition: primary.definition }, call);
  expect(await statusOf({ ...primary, node: later })).toMatchObject({ connection: 'down' });
  expect(await statusOf(secondary)).toMatchObject({ connection: 'connecting' });
  await later.handlers['instance.stop']({ instanceId, force: true, timeoutMs: 0 }, call);
  await later.close();
  await close();
});

it('comes back after a power cut with nothing that runs, and catches up with where its instance went', async () => {
  const { primary, secondary, instanceId, reopen, close } = await makeMirrored('web1');
  await primary.node.handlers['instance.start']({ instanceId }, call);
  primary.node.mirrors.write(primary.disk, 'before');
  await primary.node.losePower();
  await secondary.node.handlers['instance.start']({ instanceId }, call);
  secondary.node.mirrors.write(secondary.disk, 'after');
  const { node } = await reopen();
  expect((await node.handlers['instance.list']({}, call)).instances).toEqual([]);
  await node.handlers['disk.assemble'](primary.disk, call);
  expect(await statusOf({ ...primary, node })).toMatchObject({
    connection: 'connected',
    diskState: 'upToDate',
  });
  await secondary.node.handlers['instance.stop']({ instanceId, force: true, timeoutMs: 0 }, call);
  await node.handlers['disk.open'](primary.disk, call);
  expect(node.mirrors.read(primary.disk)).toBe('after');
  await node.close();
  await close();
});

it('ends in a split brain when a cable is cut and the instance is started on both sides', async () => {
  const { primary, secondary, instanceId, wire, close } = await makeMirrored('web1');
  await primary.node.handlers['instance.start']({ instanceId }, call);
  wire.cut(primary.node.nodeId);
  await secondary.node.handlers['instance.start']({ instanceId }, call);
  wire.heal(primary.node.nodeId);
  for (const half of [primary, secondary])
    expect(await statusOf(half)).toMatchObject({ connection: 'standAlone', splitBrain: true });
  await secondary.node.handlers['instance.stop']({ instanceId, force: true, timeoutMs: 0 }, call);
  await secondary.node.handlers['mirror.connect']({ ...secondary.disk, wish: 'discardLocal' }, call);
  await primary.node.handlers['mirror.connect']({ ...primary.disk, wish: 'usual' }, call);
  expect(await statusOf(secondary)).toMatchObject({ connection: 'connected', diskState: 'upToDate' });
  await close();
});

it('tells watchers of its mirrors after the snapshot, and of their changes', async () => {
  const { primary, secondary, diskId, close } = await makeMirrored('web1');
  const stop = new AbortController();
  const watch = primary.node.watch(stop.signal)[Symbol.asyncIterator]();
  const next = async (): Promise<Observation | undefined> => (await watch.next()).value;
  expect(await next()).toMatchObject({ kind: 'snapshot' });
  expect(await next()).toMatchObject({ kind: 'mirrors', mirrors: [{ diskId, connection: 'connected' }] });
  await secondary.node.handlers['disk.shutdown'](secondary.disk, call);
  expect(await next()).toMatchObject({ kind: 'mirrors', mirrors: [{ diskId, connection: 'connecting' }] });
  hand.tick(observeBeatMs);
  stop.abort();
  await close();
});

it('says which disk of which instance it could not work on', async () => {
  const { primary, close } = await makeMirrored('web1');
  const { handlers } = primary.node;
  await expect(handlers['mirror.settle']({ ...primary.disk, how: 'thisSide' }, call)).resolves.toEqual({});
  await expect(
    handlers['mirror.connect']({ ...primary.disk, wish: 'discardLocal' }, call),
  ).rejects.toMatchObject({ code: 'busy', message: 'Cannot connect disk 0 of web1: this side is in use' });
  const plain = { ...primary.disk, spec: { template: 'plain' as const, vg: 'corral', stripes: 1 } };
  await expect(handlers['mirror.renew'](plain, call)).rejects.toMatchObject({
    code: 'invalid',
    message: 'Cannot renew disk 0 of web1: disks of template plain are not mirrored',
  });
  await expect(handlers['mirror.status']({ disks: [plain] }, call)).rejects.toMatchObject({
    code: 'invalid',
  });
  const { volume } = await handlers['mirror.snapshot']({ ...primary.disk, name: 'before' }, call);
  expect(volume).toBe('corral/before');
  await close();
});

it('fails at each verb where a test wants it to, and does it the next time', async () => {
  const { primary, close } = await makeMirrored('web1');
  const { faults, handlers } = primary.node;
  const error = new AppError('tool_failed', 'it broke');
  const grow = { newSizeMiB: 128, stage: 'check' as const, wipe: true };
  for (const [point, work] of [
    ['storage.open', () => handlers['disk.open'](primary.disk, call)],
    ['storage.close', () => handlers['disk.close'](primary.disk, call)],
    ['storage.grow', () => handlers['disk.grow']({ ...primary.disk, ...grow }, call)],
    [
      'storage.give',
      () => handlers['disk.give']({ ...primary.disk, toInstanceId: primary.disk.instanceId }, call),
    ],
    ['mirror.connect', () => handlers['mirror.connect']({ ...primary.disk, wish: 'usual' }, call)],
    ['mirror.settle', () => handlers['mirror.settle']({ ...primary.disk, how: 'inSync' }, call)],
    ['mirror.renew', () => handlers['mirror.renew'](primary.disk, call)],
    ['mirror.snapshot', () => handlers['mirror.snapshot']({ ...primary.disk, name: 'x' }, call)],
    ['mirror.status', () => handlers['mirror.status']({ disks: [primary.disk] }, call)],
  ] as const) {
    faults.fail(point, { error });
    await expect(work()).rejects.toMatchObject({ message: expect.stringContaining('it broke') });
    await work();
  }
  await close();
});

it('tells of mirrors as soon as they are connected, or when that takes too long', async () => {
  const { primary, secondary, close } = await makeMirrored('web1');
  const connect = (half: Half, wish: 'none' | 'usual') =>
    half.node.handlers['mirror.connect']({ ...half.disk, wish }, call);
  const within = (connectedWithinMs: number) =>
    primary.node.handlers['mirror.status']({ disks: [primary.disk], connectedWithinMs }, call);
  await connect(secondary, 'none');
  await connect(primary, 'none');
  expect(await within(1)).toMatchObject({ mirrors: [{ connection: 'standAlone' }] });
  const waiting = within(20_000);
  await connect(primary, 'usual');
  await connect(secondary, 'usual');
  expect(await waiting).toMatchObject({ mirrors: [{ connection: 'connected' }] });
  await close();
});
