import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '@/contract/errors';
import type { NodeState } from '@/contract/states';
import { defaultDiskParams } from '@/contract/schemas/disk';
import { chooseNodes, chooseSecondary } from './choose-node';
import type { NodeSnapshot } from './node-snapshot';
import type { PlacementWish } from './obstacles';
import { largestDisk, memoryOn, memoryReserveMiB } from './room';

const GiB = 1024;

const folder = (change: Partial<NodeSnapshot['pools'][number]>) => ({
  ...{ kind: 'folder' as const, name: '/data', totalMiB: 100 * GiB, freeMiB: 90 * GiB, allocatedMiB: 0 },
  ...change,
});
const chooseNode = (nodes: NodeSnapshot[], asked: PlacementWish) => chooseNodes(nodes, asked).nodeId;
const availableOn = (node: NodeSnapshot) => ({ ...memoryOn(node), diskMiB: largestDisk(node, 'file') });

function makeNode(name: string, change: Partial<NodeSnapshot> = {}): NodeSnapshot {
  return {
    id: name,
    name,
    state: 'online',
    drained: false,
    hypervisors: ['kvm'],
    diskTemplates: ['file', 'diskless'],
    memory: { totalMiB: 16 * GiB, freeMiB: 15 * GiB, allocatedMiB: 0, idleMiB: 0 },
    groupId: null,
    diskParams: defaultDiskParams,
    canMirror: true,
    pools: [folder({})],
    vcpus: { threads: 8, allocated: 0 },
    instances: 0,
    oses: [{ kind: 'tiny', state: 'ready', detail: null }],
    isos: ['debian.iso'],
    scripts: [{ name: 'debootstrap', variants: [], parameters: [], problem: null }],
    bridges: ['br0'],
    ...change,
  };
}

const scripted = { kind: 'script' as const, name: 'debootstrap', variant: null, params: {} };

const wish: PlacementWish = {
  instanceName: 'web1',
  hypervisor: 'kvm',
  diskTemplate: 'file',
  os: { kind: 'tiny' },
  memoryMiB: 2 * GiB,
  disksMiB: [10 * GiB],
  bridges: ['br0'],
  start: true,
};

function refusalOf(nodes: NodeSnapshot[], change: Partial<PlacementWish> = {}): AppError {
  try {
    chooseNode(nodes, { ...wish, ...change });
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('it was placed');
}

const loaded = (allocatedMiB: number) => ({ totalMiB: 16 * GiB, freeMiB: 8 * GiB, allocatedMiB, idleMiB: 0 });

describe('the chosen node', () => {
  it('has the least loaded share of its memory, not the most memory', () => {
    const big = makeNode('big', {
      memory: { totalMiB: 64 * GiB, freeMiB: 60 * GiB, allocatedMiB: 32 * GiB, idleMiB: 0 },
    });
    const small = makeNode('small', {
      memory: { totalMiB: 8 * GiB, freeMiB: 7 * GiB, allocatedMiB: 2 * GiB, idleMiB: 0 },
    });
    expect(chooseNode([big, small], wish)).toBe('small');
  });

  it('has the fewest instances among those that are equally loaded, then the first name', () => {
    const nodes = [
      makeNode('c', { instances: 1 }),
      makeNode('b', { instances: 1 }),
      makeNode('a', { instances: 2 }),
    ];
    expect(chooseNode(nodes, wish)).toBe('b');
  });

  it('is the one that was asked for, though another is less loaded', () => {
    const nodes = [makeNode('a'), makeNode('b', { memory: loaded(4 * GiB) })];
    expect(chooseNode(nodes, { ...wish, nodeId: 'b' })).toBe('b');
  });

  it('may be exactly full afterwards', () => {
    const node = makeNode('a', { memory: loaded(0) });
    const { startMiB, diskMiB } = availableOn(node);
    expect(chooseNode([node], { ...wish, memoryMiB: startMiB, disksMiB: [diskMiB] })).toBe('a');
    expect(refusalOf([node], { memoryMiB: startMiB + 1 }).code).toBe('no_resources');
    expect(refusalOf([node], { disksMiB: [diskMiB, 1] }).code).toBe('no_resources');
  });
});

describe('a node is refused', () => {
  const cases: [string, Partial<NodeSnapshot>, Partial<PlacementWish>, string][] = [
    ['unreachable', { state: 'unreachable' }, {}, 'state'],
    ['drained', { drained: true }, {}, 'drained'],
    ['without the hypervisor', { hypervisors: ['simulated'] }, {}, 'hypervisor'],
    ['without the disk template', { diskTemplates: ['diskless'] }, {}, 'diskTemplate'],
    ['that could not prepare the OS', { oses: [{ kind: 'tiny', state: 'failed', detail: null }] }, {}, 'os'],
    ['without the OS definition', { scripts: [] }, { os: scripted }, 'os'],
    ['that has it only without the variant', {}, { os: { ...scripted, variant: 'sid' } }, 'os'],
    ['without the ISO file', {}, { os: { kind: 'iso', iso: 'other.iso' } }, 'iso'],
    ['without the bridge', { bridges: [] }, {}, 'bridge'],
    ['with too much memory promised', { memory: loaded(15 * GiB) }, {}, 'memory'],
    ['with too little memory free now', { memory: { ...loaded(0), freeMiB: 1 * GiB } }, {}, 'freeMemory'],
    [
      'whose free memory belongs to stopped instances',
      { memory: { ...loaded(7 * GiB), idleMiB: 7 * GiB } },
      {},
      'freeMemory',
    ],
    ['with too much disk promised', { pools: [folder({ allocatedMiB: 95 * GiB })] }, {}, 'disk'],
    ['with too little disk free', { pools: [folder({ freeMiB: 5 * GiB })] }, {}, 'disk'],
  ];
  it.each(cases)('%s', (_, node, change, kind) => {
    const { code, details } = refusalOf([makeNode('a', node)], change);
    expect(code).toBe('no_resources');
    expect(details).toMatchObject({ nodes: [{ nodeId: 'a', name: 'a', obstacles: [{ kind }] }] });
  });

  it('only for starting where memory is promised to nobody but used', () => {
    const node = makeNode('a', { memory: { ...loaded(0), freeMiB: 1 * GiB } });
    expect(chooseNode([node], { ...wish, start: false })).toBe('a');
  });
});

describe('the refusal', () => {
  it('has every node with its numbers in the details, and no name of a node in the message', () => {
    const nodes = [
      makeNode('node-a', { memory: loaded(15 * GiB) }),
      makeNode('node-b', { drained: true, memory: loaded(14.5 * GiB) }),
    ];
    const { message, details } = refusalOf(nodes);
    expect(message).toBe(
      'No node can take web1: 1 of 2 drained; 2 of 2 with too little memory (2 GiB needed, at most 716 MiB available)',
    );
    expect(details).toMatchObject({
      nodes: [
        { name: 'node-a', obstacles: [{ kind: 'memory', needed: 2048, available: 204 }] },
        {
          name: 'node-b',
          obstacles: [{ kind: 'drained' }, { kind: 'memory', needed: 2048, available: 716 }],
        },
      ],
    });
  });

  it('names the node that was asked for', () => {
    expect(refusalOf([makeNode('a', { drained: true })], { nodeId: 'a' }).message).toBe(
      'a cannot take web1: it is drained',
    );
  });

  it('says so when there is no node, or not this one', () => {
    expect(refusalOf([])).toMatchObject({
      code: 'no_resources',
      message: expect.stringContaining('no nodes'),
    });
    expect(refusalOf([makeNode('a')], { nodeId: 'b' }).code).toBe('not_found');
  });
});

describe('the reserve of a node', () => {
  it.each([
    [1 * GiB, 128],
    [2 * GiB, 256],
    [4 * GiB, 512],
    [8 * GiB, 512],
    [16 * GiB, 820],
    [256 * GiB, 13108],
    [0, 0],
  ])('of %i MiB is %i MiB', (total, reserve) => {
    expect(memoryReserveMiB(total)).toBe(reserve);
  });
});

describe('for any nodes and any wish', () => {
  const size = fc.integer({ min: 0, max: 64 * GiB });
  const states: NodeState[] = ['online', 'online', 'online', 'unreachable', 'offline'];
  const node = fc.record({
    state: fc.constantFrom(...states),
    drained: fc.boolean(),
    hypervisors: fc.subarray<'kvm' | 'simulated'>(['kvm', 'simulated']),
    memory: fc.record({ totalMiB: size, freeMiB: size, allocatedMiB: size, idleMiB: size }),
    pools: fc.record({ totalMiB: size, freeMiB: size, allocatedMiB: size }).map((pool) => [folder(pool)]),
    instances: fc.nat(3),
    bridges: fc.subarray(['br0', 'br1']),
  });
  const nodes = fc
    .array(node, { maxLength: 6 })
    .map((rows) => rows.map((row, index) => makeNode(`n${index}`, row)));
  const wishes = fc.record({
    memoryMiB: fc.integer({ min: 32, max: 32 * GiB }),
    disksMiB: fc.array(fc.integer({ min: 1, max: 16 * GiB }), { maxLength: 3 }),
    bridges: fc.subarray(['br0', 'br1']),
    start: fc.boolean(),
  });
  const place = (snapshot: NodeSnapshot[], change: Partial<PlacementWish>) => {
    try {
      return chooseNode(snapshot, { ...wish, ...change });
    } catch {
      return null;
    }
  };

  it('picks only one that fits, and none only when none fits', () => {
    fc.assert(
      fc.property(nodes, wishes, (snapshot, change) => {
        const fits = ({ state, drained, hypervisors, memory, pools, bridges }: NodeSnapshot) => {
          const [disk] = pools;
          const disks = change.disksMiB.reduce((total, each) => total + each, 0);
          return (
            state === 'online' &&
            !drained &&
            hypervisors.includes('kvm') &&
            change.bridges.every((bridge) => bridges.includes(bridge)) &&
            memory.allocatedMiB + change.memoryMiB <= memory.totalMiB * 0.95 &&
            (!change.start || memory.idleMiB + change.memoryMiB <= memory.freeMiB) &&
            (disks === 0 ||
              !disk ||
              disks + Math.min(1024, disk.totalMiB * 0.05) <=
                Math.min(disk.freeMiB, disk.totalMiB - disk.allocatedMiB))
          );
        };
        const chosen = snapshot.find((candidate) => candidate.id === place(snapshot, change));
        if (chosen) expect(fits(chosen)).toBe(true);
        // The exact reserve is at most an eighth; a node with that much to spare must never be overlooked.
        const roomy = snapshot
          .filter(fits)
          .filter(({ memory }) => memory.allocatedMiB + change.memoryMiB <= memory.totalMiB * 0.87 - 1);
        if (disksFitEasily(roomy, change.disksMiB)) expect(chosen).toBeDefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('picks the same whatever the order, and again', () => {
    fc.assert(
      fc.property(nodes, wishes, (snapshot, change) => {
        const chosen = place(snapshot, change);
        expect(place(snapshot.toReversed(), change)).toBe(chosen);
        expect(place(snapshot, change)).toBe(chosen);
        if (chosen) expect(place(snapshot, { ...change, nodeId: chosen })).toBe(chosen);
      }),
    );
  });

  function disksFitEasily(candidates: NodeSnapshot[], disksMiB: number[]): boolean {
    const disks = disksMiB.reduce((total, each) => total + each, 0);
    return candidates.some(
      ({ pools: [disk] }) =>
        disk && disks + 1025 <= Math.min(disk.freeMiB, disk.totalMiB - disk.allocatedMiB),
    );
  }
});

describe('the nodes of mirrored disks', () => {
  const vg = (change: Partial<NodeSnapshot['pools'][number]> = {}) =>
    folder({ kind: 'vg', name: 'corral', ...change });
  const mirroring = (name: string, change: Partial<NodeSnapshot> = {}) =>
    makeNode(name, { diskTemplates: ['drbd'], pools: [vg()], ...change });
  const mirrored: PlacementWish = { ...wish, diskTemplate: 'drbd' };

  it('are two of one node group, the less loaded one as primary', () => {
    const nodes = [
      mirroring('a', { groupId: 'g', memory: loaded(4 * GiB) }),
      mirroring('b', { groupId: 'g', memory: loaded(2 * GiB) }),
      mirroring('c', { groupId: 'h', memory: loaded(0) }),
    ];
    expect(chooseNodes(nodes, mirrored)).toEqual({ nodeId: 'b', secondaryId: 'a' });
  });

  it('both have room for data and metadata; the secondary one needs no memory for it', () => {
    const full = mirroring('full', { pools: [vg({ freeMiB: 10 * GiB + 127 })] });
    const exact = mirroring('exact', { pools: [vg({ freeMiB: 10 * GiB + 128 })], memory: loaded(16 * GiB) });
    expect(chooseNodes([mirroring('a'), full, exact], mirrored)).toEqual({
      nodeId: 'a',
      secondaryId: 'exact',
    });
  });

  it('are refused with what is missing on the other side', () => {
    const lone = { nodes: [mirroring('a'), mirroring('b', { canMirror: false })] };
    expect(() => chooseNodes(lone.nodes, { ...mirrored, nodeId: 'a' })).toThrow(
      'No node can take the mirror of web1: 1 of 1 without an address for mirrors',
    );
    expect(() => chooseNodes([mirroring('a')], mirrored)).toThrow(
      'Cannot place web1: there is no other node to mirror its disks to',
    );
  });

  it('are those that were asked for, or none', () => {
    const nodes = [mirroring('a'), mirroring('b'), mirroring('c', { drained: true })];
    expect(chooseNodes(nodes, { ...mirrored, nodeId: 'b', secondaryId: 'a' })).toEqual({
      nodeId: 'b',
      secondaryId: 'a',
    });
    expect(() => chooseNodes(nodes, { ...mirrored, secondaryId: 'c' })).toThrow(
      'c cannot take the mirror of web1: it is drained',
    );
  });

  it('a new secondary is none of the present nodes', () => {
    const nodes = [mirroring('a'), mirroring('b'), mirroring('c', { memory: loaded(2 * GiB) })];
    expect(chooseSecondary(nodes, mirrored, { primaryId: 'a', exceptIds: ['a', 'b'] })).toBe('c');
  });
});
