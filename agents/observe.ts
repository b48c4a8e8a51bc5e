// What watchers of the node are told: a snapshot first, then every change, mirrors and facts when they changed, and beats, also before it.
// Changes come from the drivers' own events; only the facts and what synchronises are looked at now and then.
import { observeBeatMs, type Observation, type ObservedInstance } from '@/contract/agent-calls';
import type { NodeFacts } from '@/contract/schemas/node';
import type { Definitions } from './definitions';
import type { Drivers } from './drivers';
import { createObservationQueue, type ObservationQueue } from './observe-queue';
import { changedNoticeably } from './observe-facts';
import { createMirrorWatch } from './observe-mirrors';
import { wordsOf, type Log } from './log';
import { shareReads } from './tools/share-reads';

/** Calls back every `everyMs` until the answered function is called. Tests hand in one that they move by hand. */
export type Ticker = (everyMs: number, tick: () => void) => () => void;

export type Observer = {
  watch(signal: AbortSignal): AsyncIterable<Observation>;
  changedFacts(): void;
  changedDefinitions(): void;
  gone(instanceId: string): void;
  close(): void;
};

type ObserverParts = {
  drivers: Drivers;
  definitions: Pick<Definitions, 'list'>;
  readFacts(): Promise<NodeFacts>;
  log: Log;
  ticker?: Ticker;
};

export const factsEveryMs = 15_000;
const waitingLimit = 2_000;

/** Facts are measured against what this very watcher was told last: others may have heard more, or something else. */
type Watcher = { queue: ObservationQueue; told: NodeFacts };

export const timerTicker: Ticker = (everyMs, tick) => {
  const timer = setInterval(tick, everyMs);
  timer.unref();
  return () => clearInterval(timer);
};

export function createObserver(parts: ObserverParts): Observer {
  const { drivers, readFacts, log, ticker = timerTicker } = parts;
  const watchers = new Set<Watcher>();
  const now = () => new Date().toISOString();
  const mirrorWatch = createMirrorWatch(parts);
  const tell = (observation: Observation) => watchers.forEach(({ queue }) => queue.push(observation));

  // However often something asks for it, one look at a time.
  const lookAtFacts = shareReads(async () => {
    if (watchers.size === 0) return;
    const facts = await readFacts();
    for (const watcher of watchers) {
      if (!changedNoticeably(watcher.told, facts)) continue;
      watcher.told = facts;
      watcher.queue.push({ kind: 'facts', at: now(), facts });
    }
  });
  const lookInBackground = () => {
    lookAtFacts().catch((error: unknown) => log(`cannot read the node's facts: ${wordsOf(error)}`));
  };
  const stops = [
    ...drivers.hypervisors.map((one) =>
      one.onChange((instance: ObservedInstance) => tell({ kind: 'instance', at: now(), instance })),
    ),
    ...drivers.hypervisors.map(({ foreign }) => foreign?.onChange(lookInBackground) ?? (() => {})),
    ticker(observeBeatMs, () => {
      tell({ kind: 'beat', at: now() });
      mirrorWatch.beat();
    }),
    ticker(factsEveryMs, lookInBackground),
    mirrorWatch.close,
  ];

  // Facts come from tools that may take their time, and whoever hears nothing takes the node to be gone.
  async function* beatUntil<T>(work: Promise<T>): AsyncGenerator<Observation, T> {
    const done = work.then((value) => ({ value }));
    let wake = () => {};
    const stop = ticker(observeBeatMs, () => wake());
    try {
      for (;;) {
        const beat = new Promise<null>((resolve) => (wake = () => resolve(null)));
        const ended = await Promise.race([done, beat]);
        if (ended) return ended.value;
        yield { kind: 'beat', at: now() };
      }
    } finally {
      stop();
    }
  }

  return {
    watch: async function* (signal) {
      const facts = yield* beatUntil(readFacts());
      const queue = createObservationQueue(waitingLimit);
      // From here on without a pause: no change may fall between the snapshot and the queue.
      const instances = drivers.hypervisors.flatMap((one) => one.list());
      queue.push({ kind: 'snapshot', at: now(), facts, instances });
      const watcher = { queue, told: facts };
      watchers.add(watcher);
      const stopMirrors = mirrorWatch.listen((mirrors) =>
        queue.push({ kind: 'mirrors', at: now(), mirrors }),
      );
      try {
        yield* queue.read(signal);
      } finally {
        stopMirrors();
        watchers.delete(watcher);
      }
    },
    changedFacts: lookInBackground,
    changedDefinitions: mirrorWatch.look,
    gone: (instanceId) => tell({ kind: 'gone', at: now(), instanceId }),
    close: () => stops.forEach((stop) => stop()),
  };
}
