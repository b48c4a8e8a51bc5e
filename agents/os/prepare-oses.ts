// Prepares what OSes need on the node, in the background: the first time takes long, so a node serves meanwhile, and its facts say what is ready.
// What failed is tried again, for a slow start or a network that is not there yet passes.
import { wordsOf, type Log } from '../log';
import type { OsDriver } from './os-definition';

const firstRetryMs = 60_000;
const mostRetryMs = 3_600_000;

export type OsPreparation = {
  /** Tries at once what waits for its next turn; does not wait for the end. */
  again(): void;
  stop(): void;
};

type Request = { oses: readonly Pick<OsDriver, 'kind' | 'prepare'>[]; log: Log; onChange(): void };

export function prepareOses({ oses, log, onChange }: Request): OsPreparation {
  const waiting = new Map<string, { timer: NodeJS.Timeout; attempt: () => Promise<void> }>();
  let isStopped = false;
  const attempt = async (os: Request['oses'][number], pauseMs: number): Promise<void> => {
    const report = { log: (message: string) => log(`OS ${os.kind}: ${message}`), progress: () => {} };
    try {
      await os.prepare(report);
    } catch (error) {
      log(`cannot prepare OS ${os.kind}: ${wordsOf(error)}`);
      if (!isStopped) wait(os, pauseMs);
    }
    if (!isStopped) onChange();
  };
  const wait = (os: Request['oses'][number], pauseMs: number) => {
    const next = () => {
      waiting.delete(os.kind);
      return attempt(os, Math.min(2 * pauseMs, mostRetryMs));
    };
    waiting.set(os.kind, { timer: setTimeout(() => void next(), pauseMs).unref(), attempt: next });
  };
  for (const os of oses) void attempt(os, firstRetryMs);
  const stopWaiting = () => {
    for (const { timer } of waiting.values()) clearTimeout(timer);
  };
  return {
    again() {
      stopWaiting();
      for (const { attempt: next } of [...waiting.values()]) void next();
    },
    stop() {
      isStopped = true;
      stopWaiting();
    },
  };
}
