import { expect, it } from 'vitest';
import type { Instance } from '@/contract/schemas/instance';
import { runtimeRange, toWish, valuesOf } from './modify-values';

const web1: Instance = {
  ...{ id: '1', name: 'web1', cluster: { id: 'c', name: 'default' }, owner: null, node: null },
  ...{ secondary: null, elsewhere: null, hypervisor: 'kvm', os: { kind: 'tiny' }, vcpus: 2, memoryMiB: 1024 },
  ...{ minMemoryMiB: 512, hvParams: { vga: 'cirrus' }, inheritedHvParams: {}, pending: [] },
  ...{
    diskTemplate: 'plain',
    disks: [],
    nics: [],
    disksActive: true,
    adminState: 'up',
    operState: 'running',
  },
  ...{ status: 'running', operSince: null, operDetail: null, seenAt: null, accelerator: 'kvm', job: null },
  createdAt: '2026-01-01T00:00:00Z',
};

it('asks for nothing where nothing is different', () => {
  expect(toWish(valuesOf(web1), web1)).toEqual({ wish: {}, wrong: [] });
});

it('asks only for what is different', () => {
  const values = { ...valuesOf(web1), vcpus: 4, minMemoryMiB: 1024, hvParams: {}, removeNicIds: ['n'] };
  expect(toWish(values, web1).wish).toEqual({
    ...{ vcpus: 4, minMemoryMiB: null, hvParams: {}, removeNicIds: ['n'] },
  });
});

it('names every field that holds no value', () => {
  const values = { ...valuesOf(web1), vcpus: 0, minMemoryMiB: 2048, hvParams: { vga: 'nonsense' } };
  expect(toWish(values, web1)).toEqual({ wish: null, wrong: ['vcpus', 'minMemoryMiB', 'vga'] });
  expect(toWish({ ...valuesOf(web1), memoryMiB: Number.NaN }, web1).wrong).toContain('memoryMiB');
});

it('lets memory be changed at once between the least and what the machine was started with', () => {
  const values = { minMemoryMiB: 512, memoryMiB: 4096 };
  expect(runtimeRange(web1, values)).toEqual({ min: 512, max: 1024 });
  const pending = [{ what: 'memoryMiB', running: 2048, wanted: 1024 } as const];
  expect(runtimeRange({ ...web1, pending }, values)).toEqual({ min: 512, max: 2048 });
  expect(runtimeRange({ ...web1, operState: 'absent' }, values)).toBeNull();
  expect(runtimeRange(web1, { minMemoryMiB: 1024, memoryMiB: 1024 })).toBeNull();
});
