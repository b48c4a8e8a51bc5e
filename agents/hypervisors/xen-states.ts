// What is seen of a domain that is neither simply running nor gone, and its memory as Xen counts it.
import type { ObservedInstance } from '@/contract/agent-calls';
import type { Domain } from '../tools/xl/parse';
import { videoOf } from './xen-config';
import type { XenRecord } from './xen-record';

export type Listener = (observed: ObservedInstance) => void;
export type Seen = Pick<ObservedInstance, 'operState' | 'detail' | 'migration'>;

export const arriving: Seen = {
  operState: 'absent',
  detail: 'It is arriving from another node.',
  migration: 'receiving',
};
/** After a migration that ended in an unknown way; `xl` has no command that lets it go on. */
export const suspended: Seen = {
  operState: 'paused',
  detail: 'Xen has suspended it, and it cannot go on: it has to be stopped and started.',
  migration: null,
};

/** Xen tells whole MiB, of which a page or two of its own are missing, and the screen's among them. */
export function memoryOf({ kind, machine }: XenRecord, { memoryMiB }: Domain): number {
  const guestMiB = memoryMiB - videoOf(kind, machine.hvParams);
  return Math.abs(guestMiB - machine.memoryMiB) <= 1 ? machine.memoryMiB : guestMiB;
}

/** Memory as Xen counts it for a guest that is to have so much. */
export function targetOf({ kind, machine }: XenRecord, memoryMiB: number): number {
  return memoryMiB + videoOf(kind, machine.hvParams);
}

/** Since when it is as it is seen. One that is found running has run since it was started, not since this agent was. */
export function sinceWhen(
  before: (Seen & { since: string }) | null,
  { operState }: Seen,
  record: XenRecord | null,
): string {
  if (before?.operState === operState) return before.since;
  const isFirstSight = operState === 'running' && before?.operState !== 'paused';
  return (isFirstSight && record?.startedAt) || new Date().toISOString();
}
