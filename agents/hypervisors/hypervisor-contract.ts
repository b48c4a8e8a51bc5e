// What every hypervisor driver must do, as a test suite: run against simulated and real drivers alike, so that they cannot drift apart.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InstanceDefinition } from '@/contract/agent-calls';
import { sitAtTerminal } from '../testing/terminal';
import { whenState } from '../testing/when-state';
import type { Hypervisor, StartRequest } from './hypervisor';
import { describeMoving, describeRunning, type LiveFixture } from './hypervisor-live-contract';

export type HypervisorFixture = LiveFixture & {
  /** A new driver over the same state, as after an agent restart. The first one is made this way too. */
  createDriver(): Promise<Hypervisor>;
  /** A start of a guest with a screen, where this hypervisor has any. */
  withScreen(name: string): Promise<StartRequest>;
  /** A start that the hypervisor refuses. */
  refused(name: string): Promise<StartRequest>;
  /** Kills it from outside, as the kernel does when memory runs out. */
  crash(instanceId: string): Promise<void>;
  /** Names of whatever is left on the node: processes, sockets, files. Empty after clean-up. */
  leftovers(): Promise<string[]>;
  close(): Promise<void>;
};

/** `hasScreen`: false where no guest can have one. */
type Options = { timeoutMs?: number; hasScreen?: boolean };
type Suite = {
  fixture: HypervisorFixture;
  driver: Hypervisor;
  restart(definitions: InstanceDefinition[]): Promise<void>;
};

export function describeHypervisorContract(
  kind: string,
  makeFixture: () => Promise<HypervisorFixture>,
  { timeoutMs = 60_000, hasScreen = true }: Options = {},
): void {
  describe(`the hypervisor contract: ${kind}`, { timeout: timeoutMs }, () => {
    const suite: Partial<Suite> = {};
    const open = (): Suite => {
      const { fixture, driver, restart } = suite;
      if (!fixture || !driver || !restart) throw new Error('the fixture is not open');
      return { fixture, driver, restart };
    };
    beforeAll(async () => {
      const fixture = await makeFixture();
      suite.fixture = fixture;
      suite.driver = await fixture.createDriver();
      suite.restart = async (definitions) => {
        await suite.driver?.close();
        suite.driver = await fixture.createDriver();
        await suite.driver.recover(definitions);
      };
    }, timeoutMs);
    afterAll(async () => {
      await suite.driver?.close();
      await suite.fixture?.close();
    }, timeoutMs);

    describeStartAndStop(open);
    describeGuestEndings(open);
    describeSerialLine(open);
    if (hasScreen) describeScreen(open);
    else describeNoScreen(open);
    describeRestarts(open);
    describeRunning(open);
    describeMoving(open);
  });
}

const stopOf = (instanceId: string, force: boolean, limitMs = 30_000) => ({
  instanceId,
  force,
  timeoutMs: limitMs,
});
const stateOf = (driver: Hypervisor, id: string) =>
  driver.list().find((observed) => observed.id === id)?.operState ?? 'absent';

function describeStartAndStop(open: () => Suite): void {
  it('starts once however often it is asked, and stops likewise', async () => {
    const { driver, fixture } = open();
    const start = await fixture.deaf('twice');
    const { id, name } = start.definition;
    await driver.start(start);
    const [first] = driver.list();
    await driver.start(start);
    expect(driver.list()).toEqual([first]);
    expect(first).toMatchObject({ id, name, operState: 'running' });
    expect(await driver.stop(stopOf(id, true))).toEqual({ forced: true });
    expect(stateOf(driver, id)).toBe('absent');
    expect(await driver.stop(stopOf(id, true))).toEqual({ forced: false });
    await driver.cleanup(id);
  });

  it('forces a guest that ignores the power button when its time is up', async () => {
    const { driver, fixture } = open();
    const start = await fixture.deaf('deaf');
    const { id } = start.definition;
    await driver.start(start);
    expect(await driver.stop(stopOf(id, false, 100))).toEqual({ forced: true });
    await driver.cleanup(id);
  });

  it('lets a guest run on when the stop is canceled', async () => {
    const { driver, fixture } = open();
    const start = await fixture.deaf('canceled');
    const { id } = start.definition;
    await driver.start(start);
    const canceling = new AbortController();
    const stopping = driver.stop({ ...stopOf(id, false), signal: canceling.signal });
    canceling.abort();
    await expect(stopping).rejects.toMatchObject({ code: 'canceled' });
    expect(stateOf(driver, id)).toBe('running');
    await driver.stop(stopOf(id, true));
    await driver.cleanup(id);
  });

  it('leaves nothing running after a start that fails, and says why', async () => {
    const { driver, fixture } = open();
    const start = await fixture.refused('refused');
    const { id } = start.definition;
    await expect(driver.start(start)).rejects.toMatchObject({ code: 'tool_failed' });
    expect(['absent', 'crashed']).toContain(stateOf(driver, id));
    await driver.cleanup(id);
    expect(await fixture.leftovers()).toEqual([]);
  });

  it('knows nothing of an instance that it never started', async () => {
    const { driver } = open();
    const id = '00000000-0000-4000-8000-000000000000';
    expect(await driver.stop(stopOf(id, false))).toEqual({ forced: false });
    await expect(driver.reset(id)).rejects.toMatchObject({ code: 'wrong_state' });
    await driver.cleanup(id);
    expect(driver.list()).toEqual([]);
  });

  it('refuses to clean up a running instance, and leaves nothing when it has ended', async () => {
    const { driver, fixture } = open();
    const start = await fixture.deaf('tidy');
    const { id } = start.definition;
    await driver.start(start);
    await expect(driver.cleanup(id)).rejects.toMatchObject({ code: 'wrong_state' });
    await driver.stop(stopOf(id, true));
    await driver.cleanup(id);
    await driver.cleanup(id);
    expect(driver.list()).toEqual([]);
    expect(await fixture.leftovers()).toEqual([]);
  });
}

async function boot({ driver, fixture }: Suite, name: string) {
  const start = await fixture.listening(name);
  const { id } = start.definition;
  await driver.start(start);
  const terminal = sitAtTerminal(await driver.openConsole(id, 'serial'));
  await terminal.until(fixture.guest.ready);
  return { id, start, terminal };
}

async function signIn({ fixture }: Suite, terminal: ReturnType<typeof sitAtTerminal>): Promise<void> {
  const from = terminal.seen().length;
  terminal.type(fixture.guest.login);
  await terminal.until(fixture.guest.prompt, from);
}

function describeGuestEndings(open: () => Suite): void {
  it('shuts a listening guest down without force, and whoever sits at its serial line sees it start again', async () => {
    const suite = open();
    const { id, start, terminal } = await boot(suite, 'listens');
    expect(await suite.driver.stop(stopOf(id, false))).toEqual({ forced: false });
    expect(stateOf(suite.driver, id)).toBe('absent');
    const from = terminal.seen().length;
    await suite.driver.start(start);
    expect(await terminal.until(suite.fixture.guest.ready, from)).toMatch(suite.fixture.guest.boots);
    await signIn(suite, terminal);
    terminal.leave();
    await suite.driver.stop(stopOf(id, true));
    await suite.driver.cleanup(id);
  });

  it('reports a guest that powers itself off', async () => {
    const suite = open();
    const { id, terminal } = await boot(suite, 'leaves');
    await signIn(suite, terminal);
    terminal.type(suite.fixture.guest.powerOff);
    expect(await whenState(suite.driver, id, 'shutdown')).toMatchObject({ accelerator: null });
    expect(await suite.driver.stop(stopOf(id, false))).toEqual({ forced: false });
    terminal.leave();
    await suite.driver.cleanup(id);
  });

  it('reports a crash with some last words, and starts it again', async () => {
    const { driver, fixture } = open();
    const start = await fixture.deaf('breaks');
    const { id } = start.definition;
    await driver.start(start);
    await fixture.crash(id);
    expect((await whenState(driver, id, 'crashed')).detail).toBeTruthy();
    await driver.start(start);
    expect(stateOf(driver, id)).toBe('running');
    await driver.stop(stopOf(id, true));
    await driver.cleanup(id);
  });

  it('boots again when its guest restarts, and whoever sits at its serial line stays there', async () => {
    const suite = open();
    const { id, terminal } = await boot(suite, 'restarts');
    await signIn(suite, terminal);
    const from = terminal.seen().length;
    terminal.type(suite.fixture.guest.restart);
    expect(await terminal.until(suite.fixture.guest.ready, from)).toMatch(suite.fixture.guest.boots);
    await signIn(suite, terminal);
    expect(stateOf(suite.driver, id)).toBe('running');
    terminal.leave();
    await suite.driver.stop(stopOf(id, true));
    await suite.driver.cleanup(id);
  });

  it('boots again when it is reset', async () => {
    const suite = open();
    const { id, terminal } = await boot(suite, 'resets');
    const from = terminal.seen().length;
    await suite.driver.reset(id);
    expect(await terminal.until(suite.fixture.guest.ready, from)).toMatch(suite.fixture.guest.boots);
    expect(stateOf(suite.driver, id)).toBe('running');
    terminal.leave();
    await suite.driver.stop(stopOf(id, true));
    await suite.driver.cleanup(id);
  });
}

function describeSerialLine(open: () => Suite): void {
  it('shows several viewers the serial line from its first line, and passes on what any of them types', async () => {
    const suite = open();
    const { driver, fixture } = suite;
    const { id, terminal } = await boot(suite, 'talks');
    const late = sitAtTerminal(await driver.openConsole(id, 'serial'));
    await late.until(fixture.guest.ready);
    expect(late.seen()).toMatch(fixture.guest.boots);
    const from = terminal.seen().length;
    late.type(fixture.guest.login);
    await late.until(fixture.guest.prompt);
    await terminal.until(fixture.guest.prompt, from);
    late.leave();
    await driver.stop(stopOf(id, true));
    const afterwards = sitAtTerminal(await driver.openConsole(id, 'serial'));
    expect(await afterwards.until(fixture.guest.ready)).toMatch(fixture.guest.boots);
    afterwards.leave();
    terminal.leave();
    await driver.cleanup(id);
  });
}

function describeScreen(open: () => Suite): void {
  it('has a screen that speaks RFB while it runs, and none afterwards', async () => {
    const { driver, fixture } = open();
    const start = await fixture.withScreen('screen');
    const { id } = start.definition;
    await driver.start(start);
    const screen = sitAtTerminal(await driver.openConsole(id, 'screen'));
    expect(await screen.until(/\n/)).toMatch(/^RFB 003\.00\d\n/);
    screen.leave();
    await driver.stop(stopOf(id, true));
    await expect(driver.openConsole(id, 'screen')).rejects.toMatchObject({ code: 'wrong_state' });
    await driver.cleanup(id);
  });
}

function describeNoScreen(open: () => Suite): void {
  it('says that it has no screen', async () => {
    const { driver, fixture } = open();
    const start = await fixture.withScreen('screen');
    const { id } = start.definition;
    await driver.start(start);
    await expect(driver.openConsole(id, 'screen')).rejects.toMatchObject({ code: 'wrong_state' });
    await driver.stop(stopOf(id, true));
    await driver.cleanup(id);
  });
}

function describeRestarts(open: () => Suite): void {
  it('finds running instances again after an agent restart, and still sees them end', async () => {
    const suite = open();
    const { id, start, terminal } = await boot(suite, 'stays');
    const before = suite.driver.list();
    const { name, memoryMiB } = start.definition;
    expect(before).toMatchObject([{ id, name, memoryMiB, operState: 'running' }]);
    await suite.restart([start.definition]);
    terminal.leave();
    const { driver, fixture } = open();
    expect(driver.list()).toEqual(before);
    const again = sitAtTerminal(await driver.openConsole(id, 'serial'));
    expect(await again.until(fixture.guest.ready)).toMatch(fixture.guest.boots);
    again.leave();
    await driver.start(start);
    expect(driver.list()).toHaveLength(1);
    await fixture.crash(id);
    await whenState(driver, id, 'crashed');
    await driver.cleanup(id);
    expect(await fixture.leftovers()).toEqual([]);
  });
}
