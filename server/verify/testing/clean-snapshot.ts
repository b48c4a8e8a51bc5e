// Three nodes where all is as it should be: a mirrored instance that runs on the first one, a plain one that is down on the third. Everything in
// it may be changed.
import { randomUUID } from 'node:crypto';
import type { InstanceDefinition, ObservedInstance } from '@/contract/agent-calls';
import { defaultVg, drbdMetaMiB, type MirrorStatus } from '@/contract/schemas/disk';
import { defaultHvParams } from '@/contract/schemas/hv-params';
import type { NodeAnswer, Snapshot, VerifiedDisk, VerifiedInstance, VerifiedNode } from '../snapshot';

export type Told = { [Part in keyof NodeAnswer]: NonNullable<NodeAnswer[Part]> };
export type TestNode = VerifiedNode & { answer: Told };
export type TestInstance = VerifiedInstance & { disk: VerifiedDisk };
export type Clean = ReturnType<typeof makeCleanSnapshot>;

const at = new Date('2026-01-02T03:04:05Z');
const vg = defaultVg;
const minor = 7;

export function makeCleanSnapshot() {
  const clusterId = randomUUID();
  const groupId = randomUUID();
  const [a, b, c] = [makeNode('a'), makeNode('b'), makeNode('c')];
  const mirrored = makeInstance('mirrored', a, b);
  const plain = makeInstance('plain', c, null);
  a.answer.instances.push(observed(mirrored.id, 'mirrored'));
  const snapshot: Snapshot & { known: Record<'instanceIds' | 'diskIds', Set<string>>; busyIds: Set<string> } =
    {
      ...{ at, version: '1.0.0', nodes: [a, b, c], instances: [mirrored, plain], ledger: 0 },
      cluster: {
        ...{ id: clusterId, name: 'farm', hypervisors: ['kvm'], diskTemplates: ['plain', 'drbd'] },
        userShutdown: false,
      },
      known: {
        instanceIds: new Set([mirrored.id, plain.id]),
        diskIds: new Set([mirrored.disk.id, plain.disk.id]),
      },
      busyIds: new Set(),
    };
  return { snapshot, a, b, c, mirrored, plain };

  function makeNode(name: string): TestNode {
    const certificateExpiresAt = new Date(at.getTime() + 80 * 86_400_000);
    const group = { id: groupId, clusterId };
    const state = { state: 'online', problem: null } as const;
    const node = { id: randomUUID(), name, clusterId, group, ...state, certificateExpiresAt };
    return { ...node, usualGroups: [vg], answer: makeAnswer() };
  }

  function makeInstance(name: string, node: TestNode, secondary: TestNode | null): TestInstance {
    const nodes = secondary ? [node, secondary] : [node];
    const sides = nodes.map(({ id: nodeId }, end) => ({ nodeId, minor, end }));
    const lvm = { vg, metaVg: secondary ? vg : null, stripes: 1, sides: secondary ? sides : null };
    const disk = { id: randomUUID(), index: 0, sizeMiB: 1_000, isReady: true, ...lvm };
    const instance: TestInstance = {
      ...{ id: randomUUID(), name, clusterId, nodeId: node.id, secondaryId: secondary?.id ?? null },
      ...{ lifecycle: 'ready', adminState: secondary ? 'up' : 'down', hypervisor: 'kvm' },
      ...{ diskTemplate: secondary ? 'drbd' : 'plain', disksActive: true, memoryMiB: 512 },
      ...{ bridges: ['br0'], disk, disks: [disk] },
    };
    nodes.forEach((one, end) => putOn(one, instance, end === 0 ? 'primary' : 'secondary'));
    return instance;
  }
}

export function observed(id: string, name: string, more: Partial<ObservedInstance> = {}): ObservedInstance {
  const told = { since: at.toISOString(), detail: null, accelerator: 'kvm', memoryMiB: 512 } as const;
  return { id, name, operState: 'running', ...told, migration: null, ...more };
}

export function definition(id: string, name: string): InstanceDefinition {
  const params = { vcpus: 1, memoryMiB: 512, diskTemplate: 'diskless', os: { kind: 'none' } } as const;
  const hvParams = defaultHvParams;
  return { id, name, hypervisor: 'kvm', ...params, hvParams, disks: [], nics: [] };
}

function putOn({ answer }: TestNode, instance: TestInstance, role: 'primary' | 'secondary'): void {
  const { id: instanceId, name, disk, diskTemplate } = instance;
  const { id: diskId, sizeMiB } = disk;
  // Rounded up to an extent of 4 MiB would be the same.
  answer.disks.push({ diskId, instanceId, sizeMiB });
  answer.defined.push(definition(instanceId, name));
  answer.volumes.push(volume(diskId, instanceId, sizeMiB));
  if (diskTemplate !== 'drbd') return;
  answer.volumes.push(volume(diskId, instanceId, drbdMetaMiB));
  answer.mirrors.push(status(diskId, role));
  answer.devices.minors.push(minor);
}

export function volume(diskId: string, instanceId: string, sizeMiB: number) {
  const name = `disk-${diskId}-${sizeMiB}`;
  return { kind: 'vg' as const, pool: vg, name, sizeMiB, tags: [], diskId, instanceId, inUse: false };
}

function status(diskId: string, role: 'primary' | 'secondary'): MirrorStatus {
  const peerRole = role === 'primary' ? 'secondary' : 'primary';
  return {
    ...{ diskId, connection: 'connected', role, peerRole, diskState: 'upToDate', peerDiskState: 'upToDate' },
    ...{
      sync: 'none',
      outOfSyncKiB: 0,
      syncDone: null,
      secondsLeft: null,
      splitBrain: false,
      generations: [],
    },
  };
}

function makeAnswer(): Told {
  return {
    facts: {
      ...{ agentVersion: '1.0.0', bootId: 'boot', hostName: 'node', kernel: '6.1', osName: 'Debian 12' },
      ...{ clock: at.toISOString(), cpu: { model: 'test', threads: 8, flags: [] } },
      memory: { totalMiB: 16_384, freeMiB: 12_000 },
      pools: [{ kind: 'vg', name: vg, totalMiB: 100_000, freeMiB: 90_000 }],
      accelerator: { setting: 'auto', used: 'kvm', reason: '' },
      hypervisors: [{ kind: 'kvm', version: '7.2.22' }],
      diskTemplates: ['diskless', 'plain', 'drbd'],
      ...{ bridges: ['br0'], replicationAddress: '10.0.0.1', isos: [] },
      oses: [{ kind: 'tiny', state: 'ready', detail: null }],
      scripts: [{ name: 'debootstrap', variants: ['bookworm'], parameters: [], problem: null }],
      checks: [
        { code: 'qemu', state: 'ok', says: 'QEMU 7.2.22', mend: null },
        { code: 'drbd', state: 'ok', says: 'DRBD 8.4.11', mend: null, version: '8.4.11' },
        { code: 'drbd-helper', state: 'ok', says: 'DRBD calls no helper.', mend: null },
      ],
    },
    asked: { from: at, until: at },
    ...{ instances: [], defined: [], disks: [], volumes: [], mirrors: [], hooks: [], problems: {} },
    devices: { minors: [], twoPrimaries: [] },
  };
}
