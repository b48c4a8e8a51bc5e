// Which waiting jobs may run now. Pure. Invariants: two jobs whose locks conflict never run together; a job takes all its locks at once or
// none; no job overtakes an earlier one that it conflicts with, so nothing starves and nothing deadlocks.
import { isFinished, type JobStatus } from '@/contract/states';
import { LockBook, type Lock } from './locks';

/** `status` is null when the job is no longer known; an empty list of `statuses` accepts every end. */
export type Dependency = { jobId: number; statuses: JobStatus[]; status: JobStatus | null };

export type RunningJob = {
  id: number;
  locks: Lock[];
  nodeId: string | null;
  /** Who asked for it, where that is a customer. */
  customerId: string | null;
  /** Waits for room in the whole, but for none on its node or in its customer's share. */
  isUrgent: boolean;
};
export type PendingJob = RunningJob & { priority: number; dependencies: Dependency[] };

export type Decision =
  | { id: number; kind: 'run' }
  /** Behind a lock or a dependency. */
  | { id: number; kind: 'wait'; waitsFor: number }
  /** Nothing is in its way but the number of jobs that run already. */
  | { id: number; kind: 'hold' }
  | { id: number; kind: 'cancel' | 'fail'; dependency: Dependency };

/** The share of a customer keeps room for everybody else, whatever that customer's guests do. */
export type RunLimits = { jobs: number; jobsPerNode: number; jobsPerCustomer: number };
export const defaultRunLimits: RunLimits = { jobs: 50, jobsPerNode: 8, jobsPerCustomer: 3 };

/** One decision for each pending job, first come first: by priority, then by age. */
export function pickRunnable({
  pending,
  running,
  limits = defaultRunLimits,
}: {
  pending: PendingJob[];
  running: RunningJob[];
  limits?: RunLimits;
}): Decision[] {
  const book = new LockBook();
  for (const job of running) book.take(job.id, job.locks);
  const room = new Room(limits, running);
  const inOrder = [...pending].sort((a, b) => a.priority - b.priority || a.id - b.id);
  return inOrder.map((job): Decision => {
    // Before the locks: who waits for a later job must not stand in that job's way.
    const unmet = decideByDependencies(job);
    if (unmet) return unmet;
    const holder = book.findConflict(job.locks);
    book.take(job.id, job.locks);
    if (holder !== null) return { id: job.id, kind: 'wait', waitsFor: holder };
    return { id: job.id, kind: room.enter(job) ? 'run' : 'hold' };
  });
}

function decideByDependencies({ id, dependencies }: PendingJob): Decision | null {
  const broken = dependencies.find((d) => d.status === null || (isFinished(d.status) && !isMet(d)));
  if (broken) return { id, kind: broken.status === 'canceled' ? 'cancel' : 'fail', dependency: broken };
  const open = dependencies.find((d) => d.status !== null && !isFinished(d.status));
  return open ? { id, kind: 'wait', waitsFor: open.jobId } : null;
}

function isMet({ statuses, status }: Dependency): boolean {
  return status !== null && (statuses.length === 0 || statuses.includes(status));
}

class Room {
  readonly #limits: RunLimits;
  readonly #perNode = new Map<string | null, number>();
  readonly #perCustomer = new Map<string | null, number>();
  #jobs = 0;

  constructor(limits: RunLimits, running: RunningJob[]) {
    this.#limits = limits;
    for (const job of running) this.#count(job);
  }

  enter(job: RunningJob): boolean {
    const { jobs, jobsPerNode, jobsPerCustomer } = this.#limits;
    if (this.#jobs >= jobs) return false;
    const isCrowded =
      countOf(this.#perNode, job.nodeId) >= jobsPerNode ||
      countOf(this.#perCustomer, job.customerId) >= jobsPerCustomer;
    if (isCrowded && !job.isUrgent) return false;
    this.#count(job);
    return true;
  }

  #count({ nodeId, customerId }: RunningJob): void {
    this.#jobs += 1;
    this.#perNode.set(nodeId, countOf(this.#perNode, nodeId) + 1);
    this.#perCustomer.set(customerId, countOf(this.#perCustomer, customerId) + 1);
  }
}

/** Those of no node, or of no customer, are never too many. */
function countOf(counts: Map<string | null, number>, key: string | null): number {
  return key === null ? 0 : (counts.get(key) ?? 0);
}
