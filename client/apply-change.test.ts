import { QueryClient } from '@tanstack/react-query';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '@/contract/events';
import type { Instance, InstanceListQuery } from '@/contract/schemas/instance';
import type { JobLogLine } from '@/contract/schemas/job';
import { applyChange } from './apply-change';
import { keys } from './keys';

const web1: Instance = {
  id: '1',
  name: 'web1',
  cluster: { id: 'c', name: 'default' },
  owner: { id: 'o', name: 'Grace' },
  node: { id: 'n', name: 'node1' },
  secondary: null,
  elsewhere: null,
  hypervisor: 'kvm',
  os: { kind: 'tiny' },
  vcpus: 1,
  memoryMiB: 512,
  minMemoryMiB: null,
  hvParams: {},
  inheritedHvParams: {},
  pending: [],
  diskTemplate: 'file',
  disks: [],
  nics: [],
  disksActive: true,
  adminState: 'up',
  operState: 'running',
  status: 'running',
  operSince: null,
  operDetail: null,
  seenAt: null,
  accelerator: null,
  job: null,
  createdAt: '2026-01-01T00:00:00Z',
};
const db1: Instance = { ...web1, id: '2', name: 'db1' };
const stopped: Instance = { ...web1, status: 'stopped', operState: 'absent', adminState: 'down' };

const all: InstanceListQuery = { page: 1, pageSize: 50, search: '', sort: 'name', order: 'asc' };
const running: InstanceListQuery = { ...all, status: 'running' };
const pageOf = (...items: Instance[]) => ({ items, total: items.length, page: 1, pageSize: 50 });
const change = (data: Instance | null, id = data?.id ?? '1'): Change => ({ kind: 'instance', id, data });

describe('applyChange', () => {
  let cache: QueryClient;
  beforeEach(() => (cache = new QueryClient()));

  it('writes the detail that a page shows', () => {
    cache.setQueryData(keys.detail('instance', '1'), web1);
    applyChange(cache, change(stopped));
    expect(cache.getQueryData(keys.detail('instance', '1'))).toEqual(stopped);
  });

  it('makes up no detail that nobody asked for', () => {
    applyChange(cache, change(stopped));
    expect(cache.getQueryData(keys.detail('instance', '1'))).toBeUndefined();
  });

  it('replaces the item in a list without fetching where it stays in its place', () => {
    cache.setQueryData(keys.list('instance', all), pageOf(db1, web1));
    const stale = applyChange(cache, change(stopped));
    expect(cache.getQueryData(keys.list('instance', all))).toEqual(pageOf(db1, stopped));
    expect(stale).toEqual([keys.overview()]);
  });

  it('shows the new state at once and fetches a list that filters by it', () => {
    cache.setQueryData(keys.list('instance', running), pageOf(web1));
    expect(applyChange(cache, change(stopped))).toContainEqual(keys.list('instance', running));
    expect(cache.getQueryData(keys.list('instance', running))).toEqual(pageOf(stopped));
  });

  it('fetches a list that is sorted by what changed', () => {
    cache.setQueryData(keys.list('instance', all), pageOf(db1, web1));
    expect(applyChange(cache, change({ ...web1, name: 'aa' }))).toContainEqual(keys.list('instance', all));
  });

  it('fetches a list that may lack the item', () => {
    cache.setQueryData(keys.list('instance', all), pageOf(db1));
    expect(applyChange(cache, change(web1))).toContainEqual(keys.list('instance', all));
  });

  it('takes a removed item out of its list and leaves lists without it alone', () => {
    cache.setQueryData(keys.list('instance', all), pageOf(db1, web1));
    cache.setQueryData(keys.list('instance', running), pageOf(db1));
    const stale = applyChange(cache, change(null));
    expect(cache.getQueryData(keys.list('instance', all))).toEqual(pageOf(db1));
    expect(stale).toContainEqual(keys.list('instance', all));
    expect(stale).not.toContainEqual(keys.list('instance', running));
  });

  it('appends log lines that are not there yet, to a log that is shown', () => {
    const line = (serial: number): JobLogLine => ({
      serial,
      at: '',
      level: 'info',
      step: null,
      message: `${serial}`,
    });
    const log = (lines: JobLogLine[]): Change => ({ kind: 'job-log', id: '5', data: { lines } });
    expect(applyChange(cache, log([line(1)]))).toEqual([]);
    expect(cache.getQueryData(keys.jobLog(5))).toBeUndefined();
    cache.setQueryData(keys.jobLog(5), { lines: [line(1), line(2)] });
    applyChange(cache, log([line(2), line(3)]));
    expect(cache.getQueryData(keys.jobLog(5))).toEqual({ lines: [line(1), line(2), line(3)] });
  });

  it('writes a quota into its owner’s list', () => {
    const line = (used: number) => ({ used, reserved: 0, limit: 4 });
    const quota = (used: number) => ({
      owner: { id: 'o', name: 'Grace' },
      cluster: { id: 'c', name: 'default' },
      policy: 'all' as const,
      override: { instances: 'inherit', vcpus: 'inherit', memoryMiB: 'inherit', diskMiB: 'inherit' } as const,
      resources: { instances: line(used), vcpus: line(used), memoryMiB: line(used), diskMiB: line(used) },
    });
    cache.setQueryData(keys.list('quota', { userId: 'o' }), { items: [quota(1)] });
    applyChange(cache, { kind: 'quota', id: 'o:c', data: quota(2) });
    expect(cache.getQueryData(keys.list('quota', { userId: 'o' }))).toEqual({ items: [quota(2)] });
  });

  it('asks again who one is when the own account changed', () => {
    cache.setQueryData(keys.session(), { user: { id: 'o' } });
    expect(applyChange(cache, { kind: 'user', id: 'o', data: null })).toContainEqual(keys.session());
    expect(applyChange(cache, { kind: 'user', id: 'x', data: null })).not.toContainEqual(keys.session());
  });
});
