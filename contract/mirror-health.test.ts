import { describe, expect, it } from 'vitest';
import { compareGenerations, holdsEverything, mirrorHealth, mirrorSummary, syncDone } from './mirror-health';
import type { MirrorSideView } from './schemas/instance-parts';

type Status = NonNullable<MirrorSideView['status']>;
type Side = Pick<MirrorSideView, 'nodeState' | 'status'>;

const good: Status = {
  ...{ connection: 'connected', role: 'primary', diskState: 'upToDate' },
  ...{ peerRole: 'secondary', peerDiskState: 'upToDate', sync: 'none' },
  ...{ outOfSyncKiB: 0, syncDone: null, secondsLeft: null, splitBrain: false, generations: [] },
};
const side = (more: Partial<Status> = {}, nodeState: Side['nodeState'] = 'online'): Side => ({
  nodeState,
  status: { ...good, ...more },
});
const active = { disksActive: true };
const healthOf = (...sides: Side[]) => mirrorHealth(sides, active);

describe('mirrorHealth', () => {
  it('calls it mirrored only when both sides say so', () => {
    expect(healthOf(side(), side({ role: 'secondary' }))).toBe('mirrored');
    expect(healthOf(side(), { nodeState: 'online', status: null })).toBe('unknown');
  });

  it('does not take for true what a node said that does not answer any more', () => {
    expect(healthOf(side(), side({}, 'unreachable'))).toBe('degraded');
    expect(healthOf(side({}, 'offline'), side({ connection: 'connecting' }))).toBe('degraded');
    expect(healthOf(side({}, 'unreachable'), side({ splitBrain: true }, 'offline'))).toBe('unreachable');
  });

  it('puts a split brain before everything else that is seen', () => {
    const split = { connection: 'standAlone', splitBrain: true } as const;
    expect(healthOf(side(split), side(split))).toBe('splitBrain');
    expect(healthOf(side(split), side({}, 'unreachable'))).toBe('splitBrain');
  });

  it('tells apart why sides are not in step', () => {
    expect(healthOf(side({ peerDiskState: 'diskless' }), side({ diskState: 'diskless' }))).toBe('diskless');
    expect(healthOf(side(), side({ connection: 'down', diskState: 'diskless' }))).toBe('down');
    expect(healthOf(side({ connection: 'standAlone' }), side({ connection: 'connecting' }))).toBe(
      'standAlone',
    );
    expect(healthOf(side({ connection: 'connecting' }), side({ connection: 'connecting' }))).toBe(
      'connecting',
    );
    const filled = { peerDiskState: 'inconsistent', sync: 'source' } as const;
    expect(healthOf(side(filled), side({ diskState: 'inconsistent', sync: 'target' }))).toBe('synchronising');
    expect(healthOf(side({ peerDiskState: 'inconsistent' }), side({ diskState: 'inconsistent' }))).toBe(
      'incomplete',
    );
  });

  it('says nothing is wrong with what was taken down on purpose', () => {
    expect(mirrorHealth([side({ connection: 'down' })], { disksActive: false })).toBe('inactive');
  });
});

describe('mirrorSummary', () => {
  it('tells owners how far it is, and nothing of nodes', () => {
    const sides = [side({ sync: 'source', syncDone: 0.5 }), side({ sync: 'target', syncDone: 0.4 })];
    expect(mirrorSummary(sides, active)).toEqual({ state: 'synchronising', syncDone: 0.4 });
    expect(mirrorSummary([side(), side({}, 'unreachable')], active)).toEqual({
      state: 'notMirrored',
      syncDone: null,
    });
    expect(mirrorSummary([], { disksActive: false })).toEqual({ state: 'unknown', syncDone: null });
    expect(syncDone([side()])).toBeNull();
  });
});

describe('compareGenerations', () => {
  const id = (digit: string) => digit.repeat(16);
  const none = id('0');

  it('tells which side went on from what the other one still has', () => {
    expect(compareGenerations([id('B'), id('A')], [id('A'), none])).toBe('ahead');
    expect(compareGenerations([id('A'), none], [id('B'), id('A')])).toBe('behind');
    expect(compareGenerations([id('A'), none], [id('A'), none])).toBe('same');
  });

  it('tells that both went on from what they had in common', () => {
    expect(compareGenerations([id('B'), id('A')], [id('C'), id('A')])).toBe('parted');
    expect(compareGenerations([id('B'), none, id('A')], [id('C'), id('A')])).toBe('parted');
  });

  it('takes nothing for something in common', () => {
    expect(compareGenerations([id('B'), none], [id('C'), none])).toBe('unrelated');
    expect(compareGenerations([], [id('C')])).toBe('unknown');
  });
});

describe('holdsEverything', () => {
  const primary = (status: Side['status']) => ({ isPrimaryNode: true, status });
  const secondary = (status: Side['status']) => ({ isPrimaryNode: false, status });

  it('goes by what the secondary node says while the primary one answers', () => {
    expect(holdsEverything([primary(null), secondary(good)], { isPrimaryOff: false })).toBe(true);
    const alone: Status = { ...good, connection: 'connecting' };
    expect(holdsEverything([primary(good), secondary(alone)], { isPrimaryOff: false })).toBe(false);
  });

  it('goes by the last word of a primary node that is off', () => {
    const left: Status = { ...good, connection: 'connecting' };
    expect(holdsEverything([primary(good), secondary(left)], { isPrimaryOff: true })).toBe(true);
    const degraded: Status = { ...good, peerDiskState: 'outdated' };
    expect(holdsEverything([primary(degraded), secondary(left)], { isPrimaryOff: true })).toBe(false);
    const stale: Status = { ...left, diskState: 'outdated' };
    expect(holdsEverything([primary(good), secondary(stale)], { isPrimaryOff: true })).toBe(false);
  });
});
