import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultDiskParams, defaultVg, drbdMetaMiB } from '@/contract/schemas/disk';
import type { EvacuationKind } from '@/contract/schemas/evacuation';
import type { NodeSnapshot } from './node-snapshot';
import { type EvacuatedInstance, planEvacuation } from './plan-evacuation';
import { memoryOn } from './room';

const GiB = 1024;

function makeNode(name: string, change: Partial<NodeSnapshot> = {}): NodeSnapshot {
  return {
    ...{ id: name, name, state: 'online', drained: false, groupId: null, canMirror: true, instances: 0 },
    ...{ hypervisors: ['kvm'], diskTemplates: ['drbd', 'file'], diskParams: defaultDiskParams },
    memory: { totalMiB: 16 * GiB, freeMiB: 16 * GiB, allocatedMiB: 0, idleMiB: 0 },
    pools: [{ kind: 'vg', name: defaultVg, totalMiB: 100 * GiB, freeMiB: 100 * GiB, allocatedMiB: 0 }],
    vcpus: { threads: 8, allocated: 0 },
    ...{ oses: [], isos: [], scripts: [], bridges: ['br0'] },
    ...change,
  };
}

type Change = Partial<EvacuatedInstance> & { memoryMiB?: number; diskMiB?: number };

function makeInstance(name: string, { memoryMiB = GiB, diskMiB = 10 * GiB, ...change }: Change = {}) {
  return {
    ...{ id: name, nodeId: 'a', secondaryId: 'b', isRunning: true, isInStep: true, blocked: null },
    wish: {
      ...{ instanceName: name, hypervisor: 'kvm', diskTemplate: 'drbd', os: { kind: 'none' }, start: true },
      ...{ memoryMiB, disksMiB: [diskMiB], bridges: ['br0'] },
    },
    ...change,
  } satisfies EvacuatedInstance;
}

type More = { nodes?: NodeSnapshot[]; isFenced?: boolean };

function plan(kind: EvacuationKind, instances: EvacuatedInstance[], { nodes, isFenced = false }: More = {}) {
  const all = nodes ?? [makeNode('a'), makeNode('b'), makeNode('c')];
  const rows = planEvacuation({ nodeId: 'a', kind, isFenced, nodes: all, instances });
  return rows.map(({ instance, moves, whyNot }) => ({
    name: instance.name,
    moves: moves.map(({ operation, node }) => `${operation} ${node.name}`),
    whyNot,
  }));
}

describe('a plan that empties a node', () => {
  it('migrates what runs, and fails over what does not', () => {
    const instances = [makeInstance('runs'), makeInstance('stopped', { isRunning: false })];
    expect(plan('primaries', instances)).toEqual([
      { name: 'runs', moves: ['instance.migrate b'], whyNot: null },
      { name: 'stopped', moves: ['instance.failover b'], whyNot: null },
    ]);
  });

  it('gives the other sides of mirrors another node', () => {
    const instances = [makeInstance('web1', { nodeId: 'b', secondaryId: 'a' }), makeInstance('stays')];
    expect(plan('secondaries', instances)).toEqual([
      { name: 'web1', moves: ['instance.replaceDisks c'], whyNot: null },
    ]);
  });

  it('does both where everything is to go', () => {
    expect(plan('all', [makeInstance('web1')])).toEqual([
      { name: 'web1', moves: ['instance.migrate b', 'instance.replaceDisks c'], whyNot: null },
    ]);
  });

  it('says how far it gets where there is no third node', () => {
    const [row] = plan('all', [makeInstance('web1')], { nodes: [makeNode('a'), makeNode('b')] });
    expect(row).toMatchObject({ moves: ['instance.migrate b'] });
    expect(row?.whyNot).toMatch(/no other node to mirror/);
  });

  const unmirrored = (name: string, change: Change = {}) => {
    const { wish, ...rest } = makeInstance(name, { secondaryId: null, ...change });
    return { ...rest, wish: { ...wish, diskTemplate: 'plain' as const } };
  };
  const withVolumes = ['a', 'b', 'c'].map((name) => makeNode(name, { diskTemplates: ['plain'] }));

  it.each(['primaries', 'all'] as const)('moves what is not mirrored with its disks (%s)', (kind) => {
    expect(plan(kind, [unmirrored('web1')], { nodes: withVolumes })).toEqual([
      { name: 'web1', moves: ['instance.move b'], whyNot: null },
    ]);
  });

  it('promises no node more room than it has for moved disks', () => {
    const instances = ['x', 'y', 'z'].map((name) => unmirrored(name, { diskMiB: 70 * GiB }));
    const rows = plan('primaries', instances, { nodes: withVolumes });
    expect(rows.map(({ moves }) => moves)).toEqual([['instance.move b'], ['instance.move c'], []]);
    expect(rows[2]?.whyNot).toMatch(/too little disk/);
  });

  it('moves nothing off a node that is gone with its disks', () => {
    const nodes = [makeNode('a', { state: 'offline', diskTemplates: ['plain'] }), ...withVolumes.slice(1)];
    expect(plan('all', [unmirrored('web1')], { nodes, isFenced: true })).toEqual([
      { name: 'web1', moves: [], whyNot: 'its disks are on this node alone' },
    ]);
  });

  it('fails everything over from a node that is known to be off', () => {
    const nodes = [makeNode('a', { state: 'offline' }), makeNode('b')];
    expect(plan('primaries', [makeInstance('web1')], { nodes, isFenced: true })).toEqual([
      { name: 'web1', moves: ['instance.failover b'], whyNot: null },
    ]);
  });

  it('leaves what may still run on a silent node', () => {
    const nodes = [makeNode('a', { state: 'unreachable' }), makeNode('b')];
    const [row] = plan('primaries', [makeInstance('web1')], { nodes });
    expect(row).toMatchObject({ moves: [], whyNot: expect.stringContaining('not known to be off') });
  });

  it('leaves what would start on stale data, but not when there is no choice', () => {
    const instances = [makeInstance('web1', { isInStep: false })];
    expect(plan('primaries', instances)).toMatchObject([
      { moves: [], whyNot: 'its mirrors are not in step yet' },
    ]);
    const nodes = [makeNode('a', { state: 'offline' }), makeNode('b')];
    // Whether the other side has all that was written, the failover itself looks at.
    expect(plan('primaries', instances, { nodes, isFenced: true })).toMatchObject([{ whyNot: null }]);
  });

  it('says why an instance stays', () => {
    const instances = [
      makeInstance('alone', { secondaryId: null }),
      makeInstance('busy', { blocked: 'job 7 works on it' }),
      makeInstance('orphan', { nodeId: 'gone', secondaryId: 'a' }),
    ];
    expect(plan('all', instances)).toEqual([
      { name: 'alone', moves: [], whyNot: 'its disks are on this node alone' },
      { name: 'busy', moves: [], whyNot: 'job 7 works on it' },
      { name: 'orphan', moves: [], whyNot: 'it is on no node' },
    ]);
  });

  it('sees the room fill up, and lets the largest go first', () => {
    const memory = { totalMiB: 8 * GiB, freeMiB: 8 * GiB, allocatedMiB: 0, idleMiB: 0 };
    const nodes = [makeNode('a'), makeNode('b', { memory })];
    const instances = [2, 4, 3].map((size) => makeInstance(`m${size}`, { memoryMiB: size * GiB }));
    const rows = plan('primaries', instances, { nodes });
    expect(rows.map(({ name, moves }) => [name, moves.length])).toEqual([
      ['m4', 1],
      ['m3', 1],
      ['m2', 0],
    ]);
    expect(rows[2]?.whyNot).toMatch(/^b has .* of memory for it, 2 GiB is needed$/);
  });

  it('promises no node more memory and disk than it has', () => {
    const size = fc.integer({ min: 1, max: 6 });
    const spec = fc.record({ memory: size, disk: size, runs: fc.boolean(), second: fc.boolean() });
    fc.assert(
      fc.property(fc.array(spec, { maxLength: 25 }), (specs) => {
        const instances = specs.map(({ memory, disk, runs, second }, index) =>
          makeInstance(`vm${index}`, {
            ...(second ? { nodeId: 'b', secondaryId: 'a' } : {}),
            ...{ isRunning: runs, memoryMiB: memory * GiB, diskMiB: disk * 10 * GiB },
          }),
        );
        const nodes = [makeNode('a'), makeNode('b'), makeNode('c'), makeNode('d')];
        const rows = planEvacuation({ nodeId: 'a', kind: 'all', isFenced: false, nodes, instances });
        for (const node of nodes.slice(1)) {
          const taken = rows.flatMap(({ instance, moves }) => {
            const { wish } = instances.find(({ id }) => id === instance.id) ?? expect.fail();
            return moves
              .filter((move) => move.node.id === node.id)
              .map(({ operation }) => ({ operation, wish }));
          });
          const sum = (sizes: number[]) => sizes.reduce((total, one) => total + one, 0);
          const memory = taken.filter(({ operation }) => operation !== 'instance.replaceDisks');
          expect(sum(memory.map(({ wish }) => wish.memoryMiB))).toBeLessThanOrEqual(memoryOn(node).memoryMiB);
          const disks = taken.filter(({ operation }) => operation === 'instance.replaceDisks');
          expect(
            sum(disks.flatMap(({ wish }) => wish.disksMiB.map((one) => one + drbdMetaMiB))),
          ).toBeLessThanOrEqual(100 * GiB);
        }
      }),
    );
  });
});
