import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toErrorBody } from '@/contract/errors';
import type { InstanceReinstall } from '@/contract/schemas/instance-install';
import { reinstallInstance, renameInstance } from './instance-install';
import { factsOf, makeInstance, openWorld, type World } from './testing/console-world';

const script = { kind: 'script', name: 'debootstrap', variant: 'bookworm', params: {} } as const;
const debootstrap = { name: 'debootstrap', variants: ['bookworm'], parameters: [], problem: null };

let world: World;
beforeAll(async () => {
  world = await openWorld();
  const facts = { ...factsOf('rhino7'), scripts: [debootstrap] };
  await world.db.node.update({ where: { id: world.nodeId }, data: { facts } });
});
afterAll(() => world.close());

type Columns = Parameters<typeof makeInstance>[1];
async function make(columns: Partial<Columns> = {}, disks = [1_024]) {
  const id = await makeInstance(world.db, {
    ...{ clusterId: world.clusterId, nodeId: world.nodeId, ownerId: world.alice.actor.userId },
    ...{ status: 'stopped', adminState: 'down', ...columns },
  });
  await world.db.disk.deleteMany({ where: { instanceId: id } });
  await world.db.disk.createMany({
    data: disks.map((sizeMiB, index) => ({ instanceId: id, index, sizeMiB })),
  });
  const { name } = await world.db.instance.findUniqueOrThrow({ where: { id } });
  return { id, name };
}

const refusal = async (work: Promise<unknown>) =>
  toErrorBody(
    await work.then(
      () => null,
      (error: unknown) => error,
    ),
  );
const jobOf = (id: number) => world.db.job.findUniqueOrThrow({ where: { id } });

describe('reinstalling', () => {
  const ask = (one: { id: string; name: string }, wish: Partial<InstanceReinstall> = {}) =>
    reinstallInstance(world.alice.ctx, {
      ...{ id: one.id, os: script, eraseDisks: false, confirmName: one.name },
      ...wish,
    });

  it('is accepted for the owner, without the parameters of the OS in the audit', async () => {
    const one = await make();
    const os = { ...script, params: {} };
    const { jobId } = await ask(one, { os, eraseDisks: true });
    expect(await jobOf(jobId)).toMatchObject({
      operation: 'instance.reinstall',
      params: { instanceId: one.id, os, eraseDisks: true },
    });
    const audit = await world.db.auditEntry.findFirstOrThrow({ where: { jobId } });
    expect(audit).toMatchObject({ details: { os: 'debootstrap+bookworm', eraseDisks: true } });
  });

  it('is refused to others, to what runs, without disks, and without its name typed', async () => {
    const one = await make();
    const other = reinstallInstance(world.bob.ctx, {
      ...one,
      os: script,
      eraseDisks: false,
      confirmName: one.name,
    });
    expect((await refusal(other)).code).toBe('not_found');
    expect(await refusal(ask(one, { confirmName: 'other' }))).toMatchObject({
      code: 'invalid',
      details: { issues: [{ path: ['confirmName'] }] },
    });
    const running = await make({ status: 'running', adminState: 'up' });
    expect(await refusal(ask(running))).toMatchObject({
      code: 'wrong_state',
      details: { reason: 'stillRunning' },
    });
    expect(await refusal(ask(await make({}, [])))).toMatchObject({ code: 'wrong_state' });
  });

  it('is refused with an OS that its node does not have', async () => {
    const one = await make();
    const sid = ask(one, { os: { ...script, variant: 'sid' } });
    expect(await refusal(sid)).toMatchObject({
      code: 'invalid',
      details: { issues: [{ path: ['os'], message: 'No node that is online can install debootstrap+sid.' }] },
    });
    const odd = ask(one, { os: { ...script, params: { size: '1' } } });
    expect((await refusal(odd)).message).toContain('with the parameters size');
  });

  it('is refused with the tiny OS where its disk is too small', async () => {
    const one = await make({}, [16]);
    expect((await refusal(ask(one, { os: { kind: 'tiny' } }))).code).toBe('invalid');
  });
});

describe('renaming', () => {
  it('is accepted with a name that is free in the cluster', async () => {
    const [one, two] = [await make(), await make()];
    const taken = renameInstance(world.alice.ctx, { id: one.id, name: two.name });
    expect(await refusal(taken)).toMatchObject({
      code: 'already_exists',
      details: { issues: [{ path: ['name'] }] },
    });
    const { jobId } = await renameInstance(world.alice.ctx, { id: one.id, name: 'brand-new' });
    expect(await jobOf(jobId)).toMatchObject({
      operation: 'instance.rename',
      params: { instanceId: one.id, newName: 'brand-new' },
    });
  });

  it('is refused to what runs', async () => {
    const one = await make({ status: 'running', adminState: 'up' });
    expect(await refusal(renameInstance(world.alice.ctx, { id: one.id, name: 'free' }))).toMatchObject({
      details: { reason: 'stillRunning' },
    });
  });
});
