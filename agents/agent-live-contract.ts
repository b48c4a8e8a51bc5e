// What a whole agent must do with running instances, asked through its calls: the part of the contract about pausing, devices and moving.
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { InstanceDefinition } from '@/contract/agent-calls';
import type { CallContext, Handlers, NodeDoor } from './calls/handlers';
import { disksOf } from './definitions';
import { sitAtTerminal } from './testing/terminal';

export type LiveAgentFixture = {
  door: NodeDoor;
  define(name: string): InstanceDefinition;
  /** Another node, to and from which instances can move. */
  peer: NodeDoor;
  held(): Promise<string[]>;
  peerHeld(): Promise<string[]>;
  guest: { ready: RegExp };
};

export type LiveLife = {
  open(): LiveAgentFixture;
  make(handlers: Handlers, definition: InstanceDefinition): Promise<void>;
  removeAll(handlers: Handlers, definition: InstanceDefinition): Promise<void>;
};

const limits = { migrationBandwidthMiBs: 1_000, migrationDowntimeMs: 1_000 };
const address = '127.0.0.1';

function makeCall(): CallContext & { told: number[] } {
  const told: number[] = [];
  const progress = (done: number) => void told.push(done);
  return { signal: new AbortController().signal, log: () => {}, progress, told };
}

export function describeLive({ open, make, removeAll }: LiveLife): void {
  it('starts an instance paused and once from elsewhere, and lets it stand still and go on', async () => {
    const { handlers } = open().door;
    const call = makeCall();
    const definition = open().define('pause1');
    const instanceId = definition.id;
    await make(handlers, definition);
    const start = { instanceId, paused: true, overrides: { bootOrder: 'network' as const } };
    expect(await handlers['instance.start'](start, call)).toMatchObject({ operState: 'paused' });
    expect((await handlers['instance.machine']({ instanceId }, call)).hvParams.bootOrder).toBe('network');
    const resumed = await handlers['instance.resume']({ instanceId }, call);
    expect(resumed).toMatchObject({ operState: 'running', memoryMiB: definition.memoryMiB });
    expect(await handlers['instance.pause']({ instanceId }, call)).toMatchObject({ operState: 'paused' });
    const balloon = { instanceId, memoryMiB: definition.memoryMiB - 1 };
    await expect(handlers['instance.balloon'](balloon, call)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('pause1'),
    });
    await handlers['instance.stop']({ instanceId, force: true, timeoutMs: 0 }, call);
    await handlers['instance.start']({ instanceId }, call);
    const { hvParams } = await handlers['instance.machine']({ instanceId }, call);
    expect(hvParams).toEqual(definition.hvParams);
    await removeAll(handlers, definition);
    await expect(handlers['instance.pause']({ instanceId }, call)).rejects.toMatchObject({
      code: 'wrong_state',
    });
  });

  it('plugs what the definition has gained, and takes it out while it still has it', async () => {
    const fixture = open();
    const { handlers } = fixture.door;
    const call = makeCall();
    const definition = fixture.define('plug1');
    const instanceId = definition.id;
    const [disk] = definition.disks;
    if (!disk) throw new Error('the instance has no disk to make another one like');
    const diskId = randomUUID();
    const nicId = randomUUID();
    const nic = { id: nicId, index: 1, mode: 'user' as const, link: null, mac: '02:00:00:00:00:02' };
    const larger = {
      ...definition,
      disks: [...definition.disks, { ...disk, id: diskId, index: 1, mode: 'ro' as const }],
      nics: [...definition.nics, nic],
    };
    await make(handlers, definition);
    await handlers['instance.start']({ instanceId }, call);
    const terminal = sitAtTerminal(await fixture.door.openConsole(instanceId, 'serial'));
    await terminal.until(fixture.guest.ready);
    terminal.leave();
    const before = await handlers['instance.machine']({ instanceId }, call);
    await expect(handlers['instance.plugDisk']({ instanceId, diskId }, call)).rejects.toMatchObject({
      code: 'not_found',
    });
    await handlers['instance.define']({ definition: larger }, call);
    for (const added of disksOf(larger)) await handlers['disk.create']({ ...added, wipe: true }, call);
    for (const _ of [1, 2]) await handlers['instance.plugDisk']({ instanceId, diskId }, call);
    for (const _ of [1, 2]) await handlers['instance.plugNic']({ instanceId, nicId }, call);
    await handlers['instance.resizeDisk']({ instanceId, diskId, sizeMiB: disk.sizeMiB }, call);
    const after = await handlers['instance.machine']({ instanceId }, call);
    expect(after.disks).toContainEqual({ id: diskId, index: 1, mode: 'ro' });
    expect(after.nics).toContainEqual({ id: nicId, index: 1 });
    for (const _ of [1, 2]) await handlers['instance.unplugDisk']({ instanceId, diskId }, call);
    for (const _ of [1, 2]) await handlers['instance.unplugNic']({ instanceId, nicId }, call);
    expect(await handlers['instance.machine']({ instanceId }, call)).toEqual(before);
    await handlers['instance.stop']({ instanceId, force: true, timeoutMs: 0 }, call);
    await handlers['instance.plugDisk']({ instanceId, diskId }, call);
    await handlers['instance.unplugDisk']({ instanceId, diskId }, call);
    await removeAll(handlers, larger);
    expect(await fixture.held()).toEqual([]);
  });
}

export function describeMigration({ open, make, removeAll }: LiveLife): void {
  it('moves a running instance to another node, every call twice', async () => {
    const fixture = open();
    const [from, to] = [fixture.door.handlers, fixture.peer.handlers];
    const call = makeCall();
    const definition = fixture.define('move1');
    const instanceId = definition.id;
    // What was changed since it started waits for its next start there, too.
    const changed = definition.disks.map((disk) => ({ ...disk, mode: 'ro' as const }));
    await make(from, definition);
    await make(to, { ...definition, disks: changed });
    await from['instance.start']({ instanceId }, call);
    const terminal = sitAtTerminal(await fixture.door.openConsole(instanceId, 'serial'));
    const said = await terminal.until(fixture.guest.ready);
    terminal.leave();
    const machine = await from['instance.machine']({ instanceId }, call);
    await to['instance.receive']({ instanceId, address, machine }, call);
    const door = await to['instance.receive']({ instanceId, address, machine }, call);
    await expect(to['instance.start']({ instanceId }, call)).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(to['instance.forget']({ instanceId }, call)).rejects.toMatchObject({ code: 'wrong_state' });
    const send = { instanceId, ...door, ...limits };
    expect(await from['instance.migrate'](send, call)).toMatchObject({ resume: true });
    const { resume, history } = await from['instance.migrate'](send, call);
    expect(resume).toBe(true);
    expect(call.told.length).toBeGreaterThan(0);
    expect(await from['instance.migrationState']({ instanceId }, call)).toMatchObject({ state: 'sent' });
    expect(Buffer.from(history, 'base64').toString()).toContain(said.slice(0, 20));
    const finish = { instanceId, success: true, resume: true };
    for (const _ of [1, 2])
      expect(
        await to['instance.finishMigration']({ ...finish, history, side: 'target' }, call),
      ).toMatchObject({
        instance: { operState: 'running', migration: null },
      });
    for (const _ of [1, 2]) await from['instance.finishMigration']({ ...finish, side: 'source' }, call);
    expect(await fixture.held()).toEqual([]);
    expect((await to['instance.machine']({ instanceId }, call)).disks).toEqual(machine.disks);
    const there = sitAtTerminal(await fixture.peer.openConsole(instanceId, 'serial'));
    await there.until(fixture.guest.ready);
    there.leave();
    await removeAll(from, definition);
    await removeAll(to, definition);
    expect(await fixture.peerHeld()).toEqual([]);
  });

  it('leaves nothing at a target that was waited for in vain, and the guest where it was', async () => {
    const fixture = open();
    const [from, to] = [fixture.door.handlers, fixture.peer.handlers];
    const call = makeCall();
    const definition = fixture.define('stay1');
    const instanceId = definition.id;
    await make(from, definition);
    await make(to, definition);
    await from['instance.start']({ instanceId }, call);
    const machine = await from['instance.machine']({ instanceId }, call);
    const door = await to['instance.receive']({ instanceId, address, machine }, call);
    const wrong = { instanceId, ...door, key: '0'.repeat(64), ...limits };
    await expect(from['instance.migrate'](wrong, call)).rejects.toMatchObject({
      message: expect.stringContaining('stay1'),
    });
    await from['instance.cancelMigration']({ instanceId }, call);
    const finish = { instanceId, success: false, resume: true };
    for (const _ of [1, 2]) await to['instance.finishMigration']({ ...finish, side: 'target' }, call);
    expect(await fixture.peerHeld()).toEqual([]);
    for (const _ of [1, 2])
      expect(await from['instance.finishMigration']({ ...finish, side: 'source' }, call)).toMatchObject({
        instance: { operState: 'running', migration: null },
      });
    const lacking = { ...machine, disks: [{ id: randomUUID(), index: 0 }] };
    await expect(
      to['instance.receive']({ instanceId, address, machine: lacking }, call),
    ).rejects.toMatchObject({ code: 'not_found' });
    await removeAll(from, definition);
    await removeAll(to, definition);
  });
}
