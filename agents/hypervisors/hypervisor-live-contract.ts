// What every hypervisor driver must do with an instance that runs: the part of the contract about pausing, devices and moving.
import { expect, it } from 'vitest';
import type { MigrationOutcome } from '@/contract/agent-live-calls';
import { sitAtTerminal } from '../testing/terminal';
import { whenState } from '../testing/when-state';
import type { AssembledDisk, Hypervisor, PluggedNic, StartRequest } from './hypervisor';

export type LiveFixture = {
  /** A start of a guest that prints on its serial line, asks for a login and answers to the power button. */
  listening(name: string): Promise<StartRequest>;
  /** A start of a guest that ignores the power button. `name` may be changed to one that the driver needs for it. */
  deaf(name: string): Promise<StartRequest>;
  /** A disk that no instance has yet. */
  spareDisk(index: number): Promise<AssembledDisk>;
  /** A NIC that no instance has yet. */
  spareNic(index: number): Promise<PluggedNic>;
  /** The driver of another node. */
  peer(): Promise<Hypervisor>;
  /** What it says early in its boot, once per boot, and when it waits for a login; what to type then, and the shell's prompt. */
  guest: { ready: RegExp; boots: RegExp; login: string; prompt: RegExp; powerOff: string; restart: string };
  /** What is left on the other node. */
  peerLeftovers(): Promise<string[]>;
};

type Open = () => { fixture: LiveFixture; driver: Hypervisor };

const limits = { migrationBandwidthMiBs: 2_000, migrationDowntimeMs: 2_000 };
const address = '127.0.0.1';
const seenAt = (driver: Hypervisor, id: string) => driver.list().find((observed) => observed.id === id);
const stopped = async (driver: Hypervisor, id: string) => {
  await driver.stop({ instanceId: id, force: true, timeoutMs: 0 });
  await driver.cleanup(id);
};

export function describeRunning(open: Open): void {
  it('lets an instance stand still and go on, however often it is asked', async () => {
    const { driver, fixture } = open();
    const start = await fixture.deaf('pauses');
    const { id, memoryMiB } = start.definition;
    await driver.start({ ...start, paused: true });
    expect(seenAt(driver, id)).toMatchObject({ operState: 'paused', memoryMiB, migration: null });
    for (const _ of [1, 2]) await driver.resume(id);
    expect(seenAt(driver, id)).toMatchObject({ operState: 'running' });
    for (const _ of [1, 2]) await driver.pause(id);
    expect(seenAt(driver, id)).toMatchObject({ operState: 'paused', detail: null });
    await stopped(driver, id);
    await expect(driver.pause(id)).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(driver.resume(id)).rejects.toMatchObject({ code: 'wrong_state' });
    expect(() => driver.machine(id)).toThrow('does not run');
    await driver.cleanup(id);
  });

  it('plugs disks and NICs in and takes them out, each twice, and knows what is there', async () => {
    const { driver, fixture } = open();
    const start = await fixture.listening('plugs');
    const { id } = start.definition;
    await driver.start(start);
    const terminal = sitAtTerminal(await driver.openConsole(id, 'serial'));
    await terminal.until(fixture.guest.ready);
    const before = driver.machine(id);
    const disk = await fixture.spareDisk(5);
    const nic = await fixture.spareNic(5);
    for (const _ of [1, 2]) await driver.plugDisk(id, disk);
    for (const _ of [1, 2]) await driver.plugNic(id, nic);
    await driver.resizeDisk(id, { diskId: disk.id, sizeMiB: 8 });
    expect(driver.machine(id)).toMatchObject({
      disks: [...before.disks, { id: disk.id, index: 5 }],
      nics: [...before.nics, { id: nic.id, index: 5 }],
    });
    const other = { ...disk, id: start.definition.id };
    await expect(driver.plugDisk(id, other)).rejects.toMatchObject({ code: 'wrong_state' });
    for (const _ of [1, 2]) await driver.unplugDisk(id, disk.id);
    for (const _ of [1, 2]) await driver.unplugNic(id, nic.id);
    expect(driver.machine(id)).toEqual(before);
    const gone = { diskId: disk.id, sizeMiB: 8 };
    await expect(driver.resizeDisk(id, gone)).rejects.toMatchObject({ code: 'not_found' });
    terminal.leave();
    await stopped(driver, id);
  });

  it('gives no more memory than the instance was started with', async () => {
    const { driver, fixture } = open();
    const start = await fixture.deaf('grows');
    const { id, memoryMiB } = start.definition;
    await driver.start(start);
    await expect(driver.balloon(id, memoryMiB + 1)).rejects.toMatchObject({ code: 'invalid' });
    await driver.balloon(id, memoryMiB);
    expect(seenAt(driver, id)).toMatchObject({ memoryMiB });
    await stopped(driver, id);
  });
}

export function describeMoving(open: Open): void {
  it('moves a running instance with what it said, and leaves nothing behind', async () => {
    const { driver, fixture } = open();
    const peer = await fixture.peer();
    const start = await fixture.listening('moves');
    const { id } = start.definition;
    await driver.start(start);
    const terminal = sitAtTerminal(await driver.openConsole(id, 'serial'));
    await terminal.until(fixture.guest.ready);
    const { accelerator } = driver.machine(id);
    const door = await peer.receive({ start, accelerator, address });
    expect(seenAt(peer, id)).toMatchObject({ operState: 'absent', migration: 'receiving' });
    expect(await peer.migrationState(id)).toEqual({ state: 'receiving', arrived: false });
    const outcomes: MigrationOutcome[] = [];
    const told: number[] = [];
    for (const _ of [1, 2])
      outcomes.push(await driver.migrate({ instanceId: id, ...door, ...limits }, (done) => told.push(done)));
    expect(outcomes).toMatchObject([{ resume: true }, { resume: true }]);
    expect(told.every((done) => done >= 0 && done <= 1)).toBe(true);
    expect(seenAt(driver, id)).toMatchObject({ operState: 'running', migration: 'sent' });
    expect(await peer.migrationState(id)).toEqual({ state: 'receiving', arrived: true });
    await expect(driver.resume(id)).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(peer.resume(id)).rejects.toMatchObject({ code: 'wrong_state' });
    const history = await driver.serialHistory(id);
    for (const _ of [1, 2]) await peer.seedSerial(id, history);
    const finish = { instanceId: id, success: true, resume: true };
    for (const _ of [1, 2]) await peer.finishMigration({ ...finish, side: 'target' });
    for (const _ of [1, 2]) await driver.finishMigration({ ...finish, side: 'source' });
    expect(seenAt(driver, id)?.operState ?? 'absent').toBe('absent');
    expect(seenAt(peer, id)).toMatchObject({ operState: 'running', migration: null });
    terminal.leave();
    const there = sitAtTerminal(await peer.openConsole(id, 'serial'));
    expect(await there.until(fixture.guest.ready)).toMatch(fixture.guest.boots);
    there.type(fixture.guest.login);
    await there.until(fixture.guest.prompt);
    there.type(fixture.guest.powerOff);
    await whenState(peer, id, 'shutdown');
    there.leave();
    await peer.cleanup(id);
    expect(await fixture.peerLeftovers()).toEqual([]);
    await peer.close();
  });

  it('keeps an instance that could not be moved, and can try again', async () => {
    const { driver, fixture } = open();
    const peer = await fixture.peer();
    const start = await fixture.deaf('stays');
    const { id } = start.definition;
    await driver.start(start);
    const { accelerator } = driver.machine(id);
    const receive = () => peer.receive({ start, accelerator, address });
    const wrong = { ...(await receive()), key: '0'.repeat(64) };
    const sending = driver.migrate({ instanceId: id, ...wrong, ...limits }, () => {});
    await expect(sending).rejects.toMatchObject({ code: 'tool_failed' });
    expect(seenAt(driver, id)).toMatchObject({ operState: 'running', migration: null });
    await driver.cancelMigration(id);
    const door = await receive();
    await driver.migrate({ instanceId: id, ...door, ...limits }, () => {});
    const finish = { instanceId: id, success: false, resume: true };
    for (const _ of [1, 2]) await peer.finishMigration({ ...finish, side: 'target' });
    for (const _ of [1, 2]) await driver.finishMigration({ ...finish, side: 'source' });
    expect(seenAt(driver, id)).toMatchObject({ operState: 'running', migration: null });
    expect(await driver.migrationState(id)).toEqual({ state: 'none', arrived: false });
    expect(await fixture.peerLeftovers()).toEqual([]);
    await peer.close();
    await stopped(driver, id);
  });
}
