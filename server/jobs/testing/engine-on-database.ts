// An engine on a database of its own, with operations that a test makes up; and ways to submit jobs and to wait for what becomes of them.
import { randomUUID } from 'node:crypto';
import type { Json } from '../../db/client';
import { createDb, type Db } from '../../db/client';
import { createTestDatabase } from '../../../tools/test-database';
import type { OnFinished } from '../finish';
import { startJobEngine, type JobEngine, type JobEngineParts } from '../job-engine';
import { becomeLeader, type Leader } from '../leader';
import type { Operation } from '../operation';
import { type Submission, submitJob } from '../submit';

export type TestEngine = {
  db: Db;
  url: string;
  fatal: string[];
  submit: (operation: string, params: Json, more?: Partial<Submission>) => Promise<number>;
  stop: () => Promise<void>;
  close: () => Promise<void>;
};

type Options<S> = {
  services: S;
  operations: Operation<S>[];
  onFinished?: OnFinished;
  limits?: JobEngineParts<S>['limits'];
};

export async function startTestEngine<S>(options: Options<S>): Promise<TestEngine> {
  const { url, drop } = await createTestDatabase();
  const db = createDb(url, 8);
  const fatal: string[] = [];
  const running = await startOn({ ...options, db, url, fatal });
  return {
    db,
    url,
    fatal,
    submit: (operation, params, more) => submitTo(db, operation, params, more),
    stop: () => running.stop(),
    async close() {
      await running.stop();
      await db.$disconnect();
      await drop();
    },
  };
}

export async function startOn<S>({
  db,
  url,
  fatal,
  ...options
}: Options<S> & { db: Db; url: string; fatal: string[] }): Promise<{
  engine: JobEngine;
  leader: Leader;
  stop: () => Promise<void>;
}> {
  const leader = await becomeLeader({ url, onLost: (reason) => fatal.push(reason) });
  const engine = await startJobEngine({
    ...options,
    db,
    url,
    leader,
    onFinished: options.onFinished ?? (async () => {}),
    fatal: (message, error) => fatal.push(`${message}: ${String(error)}`),
    undoRetryMs: [1, 1],
  });
  let stopped = false;
  return {
    engine,
    leader,
    async stop() {
      if (stopped) return;
      stopped = true;
      await engine.close();
      await leader.close();
    },
  };
}

export function submitTo(
  db: Db,
  operation: string,
  params: Json,
  more: Partial<Submission> = {},
): Promise<number> {
  return db.$transaction((tx) =>
    submitJob(tx, {
      // Made-up operations have names that the contract does not know.
      operation: operation as Submission['operation'],
      params,
      target: { kind: 'instance', id: randomUUID(), name: 'test' },
      clusterId: null,
      ownerId: null,
      createdById: null,
      ...more,
    }),
  );
}

type JobRow = NonNullable<Awaited<ReturnType<typeof readJob>>>;

export function readJob(db: Db, id: number) {
  return db.job.findUnique({ where: { id }, include: { steps: { orderBy: { index: 'asc' } }, log: true } });
}

/** Resolves as soon as the job's row is as wanted. */
export async function untilJob(db: Db, id: number, wanted: (job: JobRow) => boolean): Promise<JobRow> {
  for (;;) {
    const job = await readJob(db, id);
    if (job && wanted(job)) return job;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function untilEnded(db: Db, id: number): Promise<JobRow> {
  const watch = endWatches.get(db) ?? new EndWatch(db);
  endWatches.set(db, watch);
  await watch.until(id);
  return untilJob(db, id, () => true);
}

/** Asks for all jobs that are waited for at once: a question of each of them would be a fifth of what the database is asked. */
class EndWatch {
  readonly #db: Db;
  readonly #waiting = new Map<number, { promise: Promise<void>; settle: (error?: unknown) => void }>();
  #asking = false;

  constructor(db: Db) {
    this.#db = db;
  }

  until(id: number): Promise<void> {
    const known = this.#waiting.get(id);
    if (known) return known.promise;
    let settle: (error?: unknown) => void = () => {};
    const promise = new Promise<void>((resolve, reject) => {
      settle = (error) => (error ? reject(error) : resolve());
    });
    this.#waiting.set(id, { promise, settle });
    if (!this.#asking) void this.#ask();
    return promise;
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    try {
      while (this.#waiting.size > 0) {
        for (const id of await this.#ended()) this.#end(id);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    } catch (error) {
      for (const id of this.#waiting.keys()) this.#end(id, error);
    }
    this.#asking = false;
  }

  async #ended(): Promise<number[]> {
    const status = { in: ['success', 'error', 'canceled'] };
    const where = { id: { in: [...this.#waiting.keys()] }, status };
    const rows = await this.#db.job.findMany({ where, select: { id: true } });
    return rows.map((row) => row.id);
  }

  #end(id: number, error?: unknown): void {
    this.#waiting.get(id)?.settle(error);
    this.#waiting.delete(id);
  }
}

const endWatches = new WeakMap<Db, EndWatch>();
