// The consoles that are open in this process. Invariant: one is in here only while its session, its user, the right to it and its instance are;
// whoever loses one of them loses the console within two seconds.
import { consoleCloseCodes } from '@/contract/console';
import type { ChangeKind } from '@/contract/events';
import type { Actor } from '../auth/actor';
import type { Db } from '../db/client';
import type { JoinedConsole } from './join-console';
import { readStandings, type Standing } from './standing';

export type OpenConsole = { actor: Actor; instanceId: string; joined: JoinedConsole; closed: Promise<void> };
export type Changes = readonly { kind: ChangeKind; id: string }[];

export type OpenConsolesOptions = {
  db: Db;
  /** Calls the listener with what changed, until the answer is called. */
  onChange: (listener: (changes: Changes) => void) => () => void;
  onError: (error: unknown) => void;
  timings: Timings;
};

/**
 * Changes are heard of at once; the check every other second is for what nobody announces (a session that expires) and for when events don't
 * arrive. Rights that could not be checked for `blindMs` count as lost.
 */
export const defaultTimings = { pingMs: 20_000, recheckMs: 1_500, blindMs: 60_000 };
export type Timings = typeof defaultTimings;

export type OpenConsoles = {
  add(console: OpenConsole): void;
  remove(console: OpenConsole): void;
  count(): number;
  close(): Promise<void>;
};

const closings: Record<Exclude<Standing, 'held'>, { code: number; reason: string }> = {
  sessionEnded: { code: consoleCloseCodes.sessionEnded, reason: 'The session has ended' },
  rightLost: { code: consoleCloseCodes.rightLost, reason: 'The right to this console was lost' },
  instanceGone: { code: consoleCloseCodes.instanceGone, reason: 'The instance is gone' },
};

export function createOpenConsoles({ db, onChange, onError, timings }: OpenConsolesOptions): OpenConsoles {
  const consoles = new Set<OpenConsole>();
  const endAll = (code: number, reason: string) => {
    for (const { joined } of consoles) joined.end(code, reason);
  };
  const unsubscribe = onChange((changes) => {
    const touched = [...consoles].filter((console) => changes.some((change) => concerns(change, console)));
    endWithoutStanding(db, touched).catch(onError);
  });
  const stopChecking = checkPeriodically({ db, consoles, onError, timings, endAll });
  const pinging = setInterval(() => consoles.forEach(({ joined }) => joined.ping()), timings.pingMs).unref();
  return {
    add(console) {
      consoles.add(console);
      // Something may have changed after the gate's check, when nobody was listening for this console yet.
      endWithoutStanding(db, [console]).catch(onError);
    },
    remove: (console) => void consoles.delete(console),
    count: () => consoles.size,
    async close() {
      unsubscribe();
      stopChecking();
      clearInterval(pinging);
      const closed = [...consoles].map((console) => console.closed);
      endAll(consoleCloseCodes.goingAway, 'The console is restarting');
      await Promise.all(closed);
    },
  };
}

async function endWithoutStanding(db: Db, consoles: readonly OpenConsole[]): Promise<void> {
  const standings = await readStandings(db, consoles);
  consoles.forEach(({ joined }, index) => {
    const standing = standings[index] ?? 'sessionEnded';
    if (standing !== 'held') joined.end(closings[standing].code, closings[standing].reason);
  });
}

type Check = Pick<OpenConsolesOptions, 'db' | 'onError' | 'timings'> & {
  consoles: ReadonlySet<OpenConsole>;
  endAll: (code: number, reason: string) => void;
};

function checkPeriodically({ db, consoles, onError, timings, endAll }: Check): () => void {
  let checkedAt = Date.now();
  let checking = false;
  const checkAll = async () => {
    if (checking) return;
    checking = true;
    try {
      await endWithoutStanding(db, [...consoles]);
      checkedAt = Date.now();
    } catch (error) {
      onError(error);
    } finally {
      checking = false;
    }
  };
  const timer = setInterval(() => {
    void checkAll();
    if (Date.now() - checkedAt >= timings.blindMs)
      endAll(consoleCloseCodes.tryAgainLater, 'Rights cannot be checked at present');
  }, timings.recheckMs).unref();
  return () => clearInterval(timer);
}

function concerns(change: { kind: ChangeKind; id: string }, { actor, instanceId }: OpenConsole): boolean {
  if (change.kind === 'user') return change.id === actor.userId;
  return change.kind === 'instance' && change.id === instanceId;
}
