// What an entry's details say was changed. Details are plain values from older and newer control planes: read with care, never trusted.
import type { AuditEntry } from '@/contract/schemas/audit';

export type AuditChange = { field: string; before: unknown; after: unknown };

export function changesOf({ details }: AuditEntry): AuditChange[] {
  const before = asRecord(details['before']);
  const after = asRecord(details['after']);
  if (!before || !after) return [];
  return Object.keys(after)
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => ({ field, before: before[field], after: after[field] }));
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}
