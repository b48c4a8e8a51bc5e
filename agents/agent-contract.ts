// What a whole agent must do, asked through its calls: run against simulated and real drivers alike.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InstanceDefinition } from '@/contract/agent-calls';
import { describeLive, describeMigration, type LiveAgentFixture } from './agent-live-contract';
import type { CallContext, Handlers, NodeDoor } from './calls/handlers';
import { disksOf } from './definitions';
import { sitAtTerminal } from './testing/terminal';

export type AgentFixture = LiveAgentFixture & {
  door: NodeDoor;
  /** An instance with disks and NICs that the drivers can run, and whose guest answers to the power button. */
  define(name: string): InstanceDefinition;
  /** Makes the next start fail after disks were assembled and NICs plugged. */
  failNextStart(instanceId: string): Promise<void>;
  guest: { ready: RegExp; login: string; prompt: RegExp; powerOff: string };
  /** Interfaces, assembled devices and processes that exist now, by name. */
  held(): Promise<string[]>;
  close(): Promise<void>;
};

type Told = { logs: string[]; progress: number[] };

function makeCaller() {
  const told: Told = { logs: [], progress: [] };
  const call: CallContext = {
    signal: new AbortController().signal,
    log: (message) => told.logs.push(message),
    progress: (done) => told.progress.push(done),
  };
  return { call, told };
}

export function describeAgentContract(
  kind: string,
  makeFixture: () => Promise<AgentFixture>,
  { timeoutMs = 60_000 }: { timeoutMs?: number } = {},
): void {
  describe(`the agent contract: ${kind}`, { timeout: timeoutMs }, () => {
    let fixture: AgentFixture | undefined;
    const open = (): AgentFixture => {
      if (fixture) return fixture;
      throw new Error('the fixture is not open');
    };
    beforeAll(async () => {
      fixture = await makeFixture();
    }, timeoutMs);
    afterAll(() => fixture?.close(), timeoutMs);
    describeLife(open);
    describeRefusals(open);
    describeEndings(open);
    describeLive({ open, make, removeAll });
    describeMigration({ open, make, removeAll });
  });
}

async function make(handlers: Handlers, definition: InstanceDefinition): Promise<void> {
  const { call } = makeCaller();
  const instanceId = definition.id;
  await handlers['instance.define']({ definition }, call);
  for (const disk of disksOf(definition)) await handlers['disk.create']({ ...disk, wipe: true }, call);
  await handlers['os.install']({ instanceId }, call);
}

async function removeAll(handlers: Handlers, definition: InstanceDefinition): Promise<void> {
  const { call } = makeCaller();
  const instanceId = definition.id;
  await handlers['instance.stop']({ instanceId, force: true, timeoutMs: 0 }, call);
  for (const disk of disksOf(definition)) await handlers['disk.remove'](disk, call);
  await handlers['instance.forget']({ instanceId }, call);
}

async function expectNothing({ door, held }: AgentFixture): Promise<void> {
  const { call } = makeCaller();
  expect(await door.handlers['instance.list']({}, call)).toEqual({ instances: [], defined: [] });
  expect(await door.handlers['disk.list']({}, call)).toEqual({ disks: [] });
  expect(await held()).toEqual([]);
}

function describeLife(open: () => AgentFixture): void {
  it('takes an instance through its whole life, every call twice, and leaves nothing', async () => {
    const fixture = open();
    const { handlers } = fixture.door;
    const { call } = makeCaller();
    const definition = fixture.define('life1');
    const instanceId = definition.id;
    await make(handlers, definition);
    await make(handlers, definition);
    const started = await handlers['instance.start']({ instanceId }, call);
    expect(started).toMatchObject({ id: instanceId, name: 'life1', operState: 'running' });
    expect(await handlers['instance.start']({ instanceId }, call)).toEqual(started);
    const terminal = sitAtTerminal(await fixture.door.openConsole(instanceId, 'serial'));
    await terminal.until(fixture.guest.ready);
    terminal.leave();
    const stop = { instanceId, force: false, timeoutMs: 30_000 };
    expect(await handlers['instance.stop'](stop, call)).toEqual({ forced: false });
    expect(await handlers['instance.stop'](stop, call)).toEqual({ forced: false });
    expect(await fixture.held()).toEqual([]);
    await removeAll(handlers, definition);
    await removeAll(handlers, definition);
    await expectNothing(fixture);
  });

  it('carries out calls on one instance one after another', async () => {
    const fixture = open();
    const { handlers } = fixture.door;
    const { call } = makeCaller();
    const definition = fixture.define('order1');
    const instanceId = definition.id;
    await make(handlers, definition);
    const both = await Promise.all([
      handlers['instance.start']({ instanceId }, call),
      handlers['instance.start']({ instanceId }, call),
    ]);
    expect(both[0]).toEqual(both[1]);
    await Promise.all([
      handlers['instance.stop']({ instanceId, force: true, timeoutMs: 0 }, call),
      handlers['instance.start']({ instanceId }, call),
      handlers['instance.stop']({ instanceId, force: true, timeoutMs: 0 }, call),
    ]);
    expect(await fixture.held()).toEqual([]);
    await removeAll(handlers, definition);
    await expectNothing(fixture);
  });
}

function describeRefusals(open: () => AgentFixture): void {
  it('releases everything when a start fails, says which instance, and starts it the next time', async () => {
    const fixture = open();
    const { handlers } = fixture.door;
    const { call } = makeCaller();
    const definition = fixture.define('fails1');
    const instanceId = definition.id;
    await make(handlers, definition);
    await fixture.failNextStart(instanceId);
    await expect(handlers['instance.start']({ instanceId }, call)).rejects.toMatchObject({
      message: expect.stringMatching(/^Cannot .*fails1/),
    });
    expect(await fixture.held()).toEqual([]);
    expect(await handlers['instance.start']({ instanceId }, call)).toMatchObject({ operState: 'running' });
    await removeAll(handlers, definition);
    await expectNothing(fixture);
  });

  it('keeps its hands off a running instance', async () => {
    const fixture = open();
    const { handlers } = fixture.door;
    const { call } = makeCaller();
    const definition = fixture.define('busy1');
    const instanceId = definition.id;
    await make(handlers, definition);
    await handlers['instance.start']({ instanceId }, call);
    const refused = expect.objectContaining({
      code: 'wrong_state',
      message: expect.stringContaining('busy1'),
    });
    await expect(handlers['instance.forget']({ instanceId }, call)).rejects.toEqual(refused);
    await expect(handlers['os.install']({ instanceId }, call)).rejects.toEqual(refused);
    for (const disk of disksOf(definition))
      for (const verb of ['disk.close', 'disk.shutdown', 'disk.remove'] as const)
        await expect(handlers[verb](disk, call)).rejects.toEqual(refused);
    await expect(handlers['node.leave']({}, call)).rejects.toMatchObject({ code: 'wrong_state' });
    await removeAll(handlers, definition);
    await expectNothing(fixture);
  });

  it('takes what is not there as done, and refuses what needs it', async () => {
    const { handlers } = open().door;
    const { call } = makeCaller();
    const instanceId = randomUUID();
    expect(await handlers['instance.stop']({ instanceId, force: false, timeoutMs: 1_000 }, call)).toEqual({
      forced: false,
    });
    expect(await handlers['instance.forget']({ instanceId }, call)).toEqual({});
    await expect(handlers['instance.start']({ instanceId }, call)).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(handlers['instance.reset']({ instanceId }, call)).rejects.toMatchObject({
      code: 'wrong_state',
    });
  });

  it('refuses a disk that does not fit, with the numbers', async () => {
    const fixture = open();
    const { handlers } = fixture.door;
    const { call } = makeCaller();
    const { pools } = await handlers['node.facts']({}, call);
    const definition = fixture.define('large1');
    await handlers['instance.define']({ definition }, call);
    const sizeMiB = Math.max(...pools.map(({ totalMiB }) => totalMiB)) + 1_024;
    for (const disk of disksOf(definition))
      await expect(handlers['disk.create']({ ...disk, sizeMiB, wipe: true }, call)).rejects.toMatchObject({
        code: 'no_resources',
      });
    await removeAll(handlers, definition);
    await expectNothing(fixture);
  });
}

function describeEndings(open: () => AgentFixture): void {
  it('tells watchers when a guest powers itself off, and releases what it held', async () => {
    const fixture = open();
    const { door, guest } = fixture;
    const { call } = makeCaller();
    const definition = fixture.define('ends1');
    const instanceId = definition.id;
    await make(door.handlers, definition);
    await door.handlers['instance.start']({ instanceId }, call);
    const stop = new AbortController();
    const watch = door.watch(stop.signal)[Symbol.asyncIterator]();
    const told = async () => {
      for (;;) {
        const { value, done } = await watch.next();
        if (done) throw new Error('the watch ended early');
        if (value.kind !== 'beat') return value;
      }
    };
    expect(await told()).toMatchObject({
      kind: 'snapshot',
      instances: [{ id: instanceId, operState: 'running' }],
    });
    const terminal = sitAtTerminal(await door.openConsole(instanceId, 'serial'));
    await terminal.until(guest.ready);
    terminal.type(guest.login);
    await terminal.until(guest.prompt);
    terminal.type(guest.powerOff);
    for (let seen = ''; seen !== 'shutdown';) {
      const value = await told();
      if (value.kind === 'instance') seen = value.instance.operState;
    }
    stop.abort();
    terminal.leave();
    // Waits for its turn behind the release.
    await door.handlers['instance.define']({ definition }, call);
    expect(await fixture.held()).toEqual([]);
    await removeAll(door.handlers, definition);
    await expectNothing(fixture);
  });
}
