import { describe, expect, it } from 'vitest';
import { mirrorHealths } from '@/contract/mirror-health';
import type { MirrorSideView } from '@/contract/schemas/instance-parts';
import { judgeSplit, repairOf } from './repair-kind';

const side = (name: string, more: Partial<MirrorSideView> = {}): MirrorSideView => ({
  ...{ node: { id: name, name }, nodeState: 'online', isPrimaryNode: name === 'node1' },
  ...{ status: null, since: null, seenAt: null, ...more },
});
const pair = [side('node1'), side('node2')] as const;

describe('repairOf', () => {
  it('knows what to do about everything but what is well', () => {
    const idle = mirrorHealths.filter((health) => repairOf(health, { sides: [...pair] }) === null);
    expect(idle).toEqual(['mirrored', 'synchronising']);
  });

  it('moves away from the secondary node that is gone, and fails over from the primary one', () => {
    const gone = { nodeState: 'unreachable' } as const;
    expect(repairOf('degraded', { sides: [pair[0], side('node2', gone)] })).toMatchObject({
      ...{ kind: 'move', away: { node: { name: 'node2' } }, left: { node: { name: 'node1' } } },
    });
    expect(repairOf('degraded', { sides: [side('node1', gone), pair[1]] })).toMatchObject({
      kind: 'failover',
    });
  });
});

describe('judgeSplit', () => {
  it('lets only the side be kept on which the instance runs', () => {
    const { inUse, recommended } = judgeSplit(pair, { order: 'behind', runs: true });
    expect([inUse?.node.name, recommended?.node.name]).toEqual(['node1', 'node1']);
  });

  it('recommends the side that is ahead, and none where both have parted', () => {
    expect(judgeSplit(pair, { order: 'behind', runs: false }).recommended?.node.name).toBe('node2');
    expect(judgeSplit(pair, { order: 'parted', runs: false }).recommended).toBeNull();
  });
});
