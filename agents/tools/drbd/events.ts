// Changes of mirrors, as the kernel tells of them: one `drbdsetup events2` for all who listen, started with the first of them, started again
// when it ends by itself, stopped with the last.
import { follow } from '../run';
import { eventsArgv } from './args';

type Listener = () => void;

const startAgainMs = 1_000;
/** One change is told in several lines. */
const togetherMs = 20;

export function createDrbdEvents(argv: readonly [string, ...string[]] = eventsArgv) {
  const listeners = new Set<Listener>();
  let stopFollowing = () => {};
  let telling: NodeJS.Timeout | null = null;

  const tell = () => {
    telling ??= setTimeout(() => {
      telling = null;
      for (const listener of listeners) listener();
    }, togetherMs);
  };
  const start = () => {
    // What is there already comes first, as `exists` up to `exists -`; from then on each line is news.
    let caughtUp = false;
    const stop = follow({
      argv,
      onLine(text) {
        if (caughtUp) tell();
        else if (/\bexists -/.test(text)) caughtUp = true;
      },
      onEnd() {
        const timer = setTimeout(() => {
          start();
          // Something may have changed unheard.
          tell();
        }, startAgainMs);
        stopFollowing = () => clearTimeout(timer);
      },
    });
    stopFollowing = stop;
  };

  return {
    /** Answers what ends it. */
    listen(listener: Listener): () => void {
      const own = () => listener();
      listeners.add(own);
      if (listeners.size === 1) start();
      return () => {
        if (!listeners.delete(own) || listeners.size > 0) return;
        stopFollowing();
        if (telling) clearTimeout(telling);
        telling = null;
      };
    },
  };
}
export type DrbdEvents = ReturnType<typeof createDrbdEvents>;
