import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '@/contract/schemas/audit';
import { changesOf } from './audit-changes';

const entry = (details: AuditEntry['details']): AuditEntry => ({
  id: 1,
  at: '2026-01-01T00:00:00Z',
  actor: null,
  address: null,
  action: 'user.update',
  target: null,
  outcome: 'done',
  jobId: null,
  details,
});

describe('changes of an audit entry', () => {
  it('lists only what differs', () => {
    const details = { before: { name: 'Ada', role: 'customer' }, after: { name: 'Ada', role: 'operator' } };
    expect(changesOf(entry(details))).toEqual([{ field: 'role', before: 'customer', after: 'operator' }]);
  });

  it('compares lists by what is in them', () => {
    const details = { before: { hypervisors: ['kvm'] }, after: { hypervisors: ['kvm'] } };
    expect(changesOf(entry(details))).toEqual([]);
  });

  it('finds none in details of another shape', () => {
    expect(changesOf(entry({}))).toEqual([]);
    expect(changesOf(entry({ before: 'a', after: ['b'] }))).toEqual([]);
  });
});
