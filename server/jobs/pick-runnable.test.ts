import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LockBook, type Lock, toLocks } from './locks';
import { type Decision, type PendingJob, pickRunnable, type RunningJob } from './pick-runnable';

const lock = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), shared: fc.boolean() });
const locks = fc.uniqueArray(lock, { maxLength: 3, selector: (l) => l.key });
const nodeId = fc.constantFrom(null, 'n1', 'n2');
const customerId = fc.constantFrom(null, 'ada', 'bob');
const isUrgent = fc.boolean();
const base = { nodeId: null, customerId: null, isUrgent: false };

const queue = fc
  .record({
    running: fc.array(fc.record({ locks, nodeId, customerId, isUrgent }), { maxLength: 4 }),
    pending: fc.array(
      fc.record({ locks, nodeId, customerId, isUrgent, priority: fc.integer({ min: -2, max: 2 }) }),
      {
        maxLength: 10,
      },
    ),
    limits: fc.record({
      jobs: fc.integer({ min: 1, max: 6 }),
      jobsPerNode: fc.integer({ min: 1, max: 3 }),
      jobsPerCustomer: fc.integer({ min: 1, max: 3 }),
    }),
  })
  .map(({ running, pending, limits }) => ({
    limits,
    running: running.map((job, index): RunningJob => ({ ...job, id: index + 1 })),
    pending: pending.map((job, index): PendingJob => ({ ...job, id: index + 100, dependencies: [] })),
  }));

const conflict = (a: Lock[], b: Lock[]) =>
  a.some((x) => b.some((y) => x.key === y.key && !(x.shared && y.shared)));
const inOrder = (jobs: PendingJob[]) => [...jobs].sort((a, b) => a.priority - b.priority || a.id - b.id);
const ran = (decisions: Decision[], jobs: PendingJob[]) =>
  jobs.filter((job) => decisions.some((d) => d.id === job.id && d.kind === 'run'));

describe('pickRunnable', () => {
  it('never lets two jobs with conflicting locks run together', () => {
    fc.assert(
      fc.property(queue, (q) => {
        const picked = ran(pickRunnable(q), q.pending);
        for (const [index, job] of picked.entries()) {
          expect(q.running.some((other) => conflict(job.locks, other.locks)) && `${job.id}`).toBe(false);
          expect(picked.slice(index + 1).some((other) => conflict(job.locks, other.locks))).toBe(false);
        }
      }),
    );
  });

  it('never lets a job overtake an earlier one that it conflicts with', () => {
    fc.assert(
      fc.property(queue, (q) => {
        const decisions = pickRunnable(q);
        const order = inOrder(q.pending);
        for (const job of ran(decisions, q.pending)) {
          const earlier = order.slice(0, order.indexOf(job));
          expect(earlier.some((other) => conflict(other.locks, job.locks))).toBe(false);
        }
      }),
    );
  });

  it('stays within the number of jobs at once, on one node and of one customer', () => {
    fc.assert(
      fc.property(queue, (q) => {
        const picked = ran(pickRunnable(q), q.pending);
        if (picked.length > 0) expect(q.running.length + picked.length).toBeLessThanOrEqual(q.limits.jobs);
        const expectWithin = (limit: number, isOne: (job: RunningJob) => boolean) => {
          const started = picked.filter((job) => isOne(job) && !job.isUrgent).length;
          const before = q.running.filter(isOne).length;
          if (started > 0) expect(before + started).toBeLessThanOrEqual(limit);
        };
        for (const id of ['n1', 'n2']) expectWithin(q.limits.jobsPerNode, (job) => job.nodeId === id);
        for (const id of ['ada', 'bob'])
          expectWithin(q.limits.jobsPerCustomer, (job) => job.customerId === id);
      }),
    );
  });

  it('runs every job in the end', () => {
    fc.assert(
      fc.property(queue, (q) => {
        let pending = q.pending;
        let running: RunningJob[] = q.running;
        for (let round = 0; pending.length > 0; round += 1) {
          expect(round).toBeLessThanOrEqual(2 * q.pending.length + 2);
          const started = ran(pickRunnable({ pending, running, limits: q.limits }), pending);
          pending = pending.filter((job) => !started.includes(job));
          running = started;
          if (started.length === 0) running = [];
        }
      }),
    );
  });

  it('lets sharers run together, but not past an earlier exclusive one', () => {
    const job = (id: number, shared: boolean): PendingJob => ({
      ...base,
      id,
      priority: 0,
      dependencies: [],
      locks: [{ key: 'node:1', shared }],
    });
    const decisions = pickRunnable({
      pending: [job(1, true), job(2, true), job(3, false), job(4, true)],
      running: [],
    });
    expect(decisions).toEqual([
      { id: 1, kind: 'run' },
      { id: 2, kind: 'run' },
      { id: 3, kind: 'wait', waitsFor: 1 },
      { id: 4, kind: 'wait', waitsFor: 3 },
    ]);
  });

  it('keeps room on a node for others than one customer who asks for much, and holds no forced stop', () => {
    const job = (id: number, more: Partial<PendingJob>): PendingJob => ({
      ...{ ...base, nodeId: 'n1', id, priority: 0, dependencies: [], locks: [] },
      ...more,
    });
    const decisions = pickRunnable({
      running: [1, 2].map((id) => job(id, { customerId: 'ada' })),
      pending: [
        job(3, { customerId: 'ada' }),
        job(4, { customerId: 'ada' }),
        job(5, { customerId: 'ada', isUrgent: true }),
        job(6, { customerId: 'bob' }),
        ...[7, 8, 9].map((id) => job(id, {})),
        job(10, {}),
        job(11, { isUrgent: true }),
      ],
    });
    const held = decisions.filter((decision) => decision.kind === 'hold').map((decision) => decision.id);
    // The eight of the node: two that ran, 3, 5, 6 and 7 to 9.
    expect(held).toEqual([4, 10]);
  });

  it('looks at dependencies before locks, so that waiting for a later job does not block it', () => {
    const onOne = { ...base, priority: 0, locks: [{ key: 'instance:1', shared: false }] };
    const decisions = pickRunnable({
      pending: [
        { ...onOne, id: 1, dependencies: [{ jobId: 2, statuses: ['success'], status: 'queued' }] },
        { ...onOne, id: 2, dependencies: [] },
      ],
      running: [],
    });
    expect(decisions).toEqual([
      { id: 1, kind: 'wait', waitsFor: 2 },
      { id: 2, kind: 'run' },
    ]);
  });

  it.each([
    ['success', ['success'], 'run'],
    ['error', ['success'], 'fail'],
    ['canceled', ['success'], 'cancel'],
    ['canceled', ['success', 'canceled'], 'run'],
    ['error', [], 'run'],
    [null, [], 'fail'],
  ] as const)(
    'with a dependency that ended as %s and accepts %j it decides to %s',
    (status, statuses, kind) => {
      const dependencies = [{ jobId: 1, statuses: [...statuses], status }];
      const [decision] = pickRunnable({
        pending: [{ ...base, id: 2, priority: 0, locks: [], dependencies }],
        running: [],
      });
      expect(decision?.kind).toBe(kind);
    },
  );
});

describe('toLocks', () => {
  it('orders by level, then by id, and names each lock once', () => {
    expect(toLocks({ node: { shared: ['n'] }, instance: ['b', 'a', 'b'] })).toEqual([
      { key: 'instance:a', shared: false },
      { key: 'instance:b', shared: false },
      { key: 'node:n', shared: true },
    ]);
  });

  it('finds no conflict between sharers', () => {
    const book = new LockBook();
    book.take(1, [{ key: 'a', shared: true }]);
    expect(book.findConflict([{ key: 'a', shared: true }])).toBeNull();
    expect(book.findConflict([{ key: 'a', shared: false }])).toBe(1);
  });
});
