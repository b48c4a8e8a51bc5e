// One run of an instance's QEMU, from its start to its end.
import { AppError } from '@/contract/errors';
import type { ProcessIdentity } from '../tools/proc/process';
import type { QmpClient } from '../tools/qmp/client';
import type { Ending } from '../tools/run';
import type { Traces } from './kvm-ending';
import type { Ended, KvmRecord } from './kvm-record';

export type Run = {
  record: KvmRecord;
  /** null where an earlier agent started it. */
  child: Promise<Ending> | null;
  qmp: QmpClient | null;
  shutdown: Traces['shutdown'];
  /** The end that comes is wanted. */
  asked: boolean;
  isFinishing: boolean;
  ended: { promise: Promise<void>; resolve(): void };
};

export function beginRun(record: KvmRecord, child: Run['child']): Run {
  let resolve = () => {};
  const promise = new Promise<void>((yes) => (resolve = yes));
  const fresh = { qmp: null, shutdown: null, asked: false, isFinishing: false };
  return { record, child, ...fresh, ended: { promise, resolve } };
}

/** It was to take over a guest from another node, and never ran here. */
export const isArriving = ({ migration }: KvmRecord) => migration?.side === 'target';

export const endedNow = (ended: Omit<Ended, 'at'>): Ended => ({ ...ended, at: new Date().toISOString() });

export function processOf({ record }: Run): ProcessIdentity {
  if (record.process) return record.process;
  throw new AppError('internal', 'The process of a running QEMU is not known');
}

/** Nobody listens at its monitor yet. */
export function isNotYet(error: unknown): boolean {
  return error instanceof AppError && error.code === 'unavailable';
}
