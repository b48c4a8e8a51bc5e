import { describe, expect, it } from 'vitest';
import type { CreateOffer } from '@/contract/schemas/cluster';
import { InstanceCreate } from '@/contract/schemas/instance';
import { inheritAll, type Quota } from '@/contract/schemas/quota';
import { firstValues, valuesOnCluster, withDiskTemplate } from './create-values';
import { costOf, projectQuota } from './quota-projection';

const cluster = { id: '5e9c1a52-5c58-4b43-9c94-1e1c0d7a4f10', name: 'main' };
const owner = { id: '5e9c1a52-5c58-4b43-9c94-1e1c0d7a4f11', name: 'Ada' };
const line = (used: number, limit: number | null, reserved = 0) => ({ used, reserved, limit });

const quota: Quota = {
  owner,
  cluster,
  policy: 'all',
  override: inheritAll,
  resources: {
    instances: line(2, 3),
    vcpus: line(2, 4, 1),
    memoryMiB: line(1024, null),
    diskMiB: line(0, 2048),
  },
};

const offer: CreateOffer = {
  cluster,
  hypervisors: ['kvm'],
  diskTemplates: ['diskless', 'file'],
  oses: [{ kind: 'tiny', state: 'ready', detail: null }],
  isos: ['debian.iso'],
  scripts: [],
  images: [],
  bridges: ['br0'],
  userNetwork: true,
  largestMemoryMiB: 8192,
  largestDiskMiB: { file: 65_536 },
  mostVcpus: 8,
  nodes: null,
  quota,
};

describe('the create form', () => {
  it('starts with values that only lack a name', () => {
    expect(InstanceCreate.safeParse({ ...firstValues(offer), name: 'web1' }).success).toBe(true);
  });

  it('starts with what the cluster has when the tiny OS is not ready', () => {
    expect(firstValues({ ...offer, oses: [] }).os).toEqual({ kind: 'iso', iso: 'debian.iso' });
    expect(firstValues({ ...offer, oses: [], isos: [] }).os).toEqual({ kind: 'none' });
  });

  it('lets go of what another cluster does not offer and keeps the rest', () => {
    const values = { ...firstValues(offer), name: 'web1', nics: [{ mode: 'bridged' as const, link: 'br0' }] };
    const moved = valuesOnCluster(values, {
      ...offer,
      hypervisors: ['simulated'],
      diskTemplates: ['simulated'],
      bridges: [],
    });
    expect(moved).toMatchObject({
      name: 'web1',
      hypervisor: 'simulated',
      diskTemplate: 'simulated',
      nics: [{ mode: 'user' }],
    });
  });

  it('plugs NICs only into what is offered', () => {
    expect(firstValues(offer).nics).toEqual([{ mode: 'user' }]);
    const bridged = { ...offer, userNetwork: false };
    expect(firstValues(bridged).nics).toEqual([{ mode: 'bridged', link: 'br0' }]);
    expect(valuesOnCluster(firstValues(offer), bridged).nics).toEqual([{ mode: 'bridged', link: 'br0' }]);
    const nothing = { ...bridged, bridges: [] };
    expect(firstValues(nothing).nics).toEqual([]);
    expect(valuesOnCluster(firstValues(offer), nothing).nics).toEqual([]);
  });

  it('is diskless without disks, where that is offered', () => {
    const values = { ...firstValues(offer), disks: [] };
    const diskless = withDiskTemplate(values, offer);
    expect(diskless.diskTemplate).toBe('diskless');
    expect(withDiskTemplate({ ...diskless, disks: [{ sizeMiB: 1 }] }, offer).diskTemplate).toBe('file');
    expect(withDiskTemplate(values, { ...offer, diskTemplates: ['file'] }).diskTemplate).toBe('file');
  });
});

describe('the quota beside the form', () => {
  const values = { ...firstValues(offer), vcpus: 2, memoryMiB: 512, disks: [{ sizeMiB: 1024 }] };

  it('counts what is reserved, and says what would be exceeded', () => {
    const projected = projectQuota(quota, costOf(values, 'all'));
    expect(projected).toEqual([
      { resource: 'instances', asked: 1, excess: 0 },
      { resource: 'vcpus', asked: 2, excess: 1 },
      { resource: 'memoryMiB', asked: 512, excess: 0 },
      { resource: 'diskMiB', asked: 1024, excess: 0 },
    ]);
  });

  it('does not charge vCPUs and memory of a stopped instance where only running ones count', () => {
    const cost = costOf({ ...values, start: false }, 'running');
    expect(cost).toEqual({ instances: 1, vcpus: 0, memoryMiB: 0, diskMiB: 1024 });
  });

  it('stays a number while a field is empty', () => {
    expect(costOf({ ...values, memoryMiB: Number.NaN }, 'all').memoryMiB).toBe(0);
  });
});
