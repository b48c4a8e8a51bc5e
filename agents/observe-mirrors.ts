// What watchers are told of mirrors: each one whatever differs from what it was told last. The drivers say that something changed; only how far
// a synchronisation is has to be looked at again and again.
import type { MirrorStatus } from '@/contract/schemas/disk';
import { disksOf, type Definitions } from './definitions';
import { readMirrors } from './driver-choice';
import type { Drivers } from './drivers';
import { wordsOf, type Log } from './log';

export type MirrorWatch = {
  /** Tells at once of all mirrors that definitions name, then of those that changed, until the answered function is called. */
  listen(tell: (mirrors: MirrorStatus[]) => void): () => void;
  /** Something may have changed. */
  look(): void;
  /** To be called now and then: looks where something moves on without a word, or could not be read the last time. */
  beat(): void;
  close(): void;
};

type Parts = { drivers: Drivers; definitions: Pick<Definitions, 'list'>; log: Log };

/** One step of setting a mirror up is several changes, and a look at one that is not connected costs programs. */
const calmMs = 250;
const longestUnseenMs = 1_000;
type Listener = { told: Map<string, string>; tell(mirrors: MirrorStatus[]): void };

export function createMirrorWatch({ drivers, definitions, log }: Parts): MirrorWatch {
  const listeners = new Set<Listener>();
  const mirroring = drivers.storages.filter(({ mirror }) => mirror !== undefined);
  const templates = new Set(mirroring.map(({ template }) => template));
  const state = { wanted: false, looking: false, moving: false, failed: false };

  const lookOnce = async () => {
    const disks = definitions.list().flatMap(disksOf);
    const mirrors = await readMirrors(
      drivers,
      disks.filter(({ spec }) => templates.has(spec.template)),
    );
    state.moving = mirrors.some(({ sync }) => sync !== 'none');
    listeners.forEach((listener) => tellChanged(listener, mirrors));
  };
  // What comes in while it looks makes it look once more, so the last state is never missed, and a burst of changes costs one look.
  const look = async () => {
    state.wanted = true;
    if (state.looking || listeners.size === 0) return;
    state.looking = true;
    try {
      while (state.wanted) {
        state.wanted = false;
        await lookOnce();
      }
      state.failed = false;
    } catch (error) {
      if (!state.failed) log(`cannot read the state of mirrors: ${wordsOf(error)}`);
      Object.assign(state, { wanted: true, failed: true });
    } finally {
      state.looking = false;
    }
  };
  let changes: { since: number; timer: NodeJS.Timeout } | null = null;
  const lookWhenCalm = () => {
    const since = changes?.since ?? performance.now();
    clearTimeout(changes?.timer);
    const leftMs = since + longestUnseenMs - performance.now();
    const timer = setTimeout(
      () => {
        changes = null;
        void look();
      },
      Math.max(0, Math.min(calmMs, leftMs)),
    );
    timer.unref();
    changes = { since, timer };
  };
  const stops = mirroring.map(({ mirror }) => mirror?.onChange(lookWhenCalm));
  return {
    listen: (tell) => {
      const listener = { told: new Map<string, string>(), tell };
      listeners.add(listener);
      void look();
      return () => listeners.delete(listener);
    },
    look: () => void look(),
    beat: () => {
      if (state.wanted || state.moving) void look();
    },
    close: () => {
      clearTimeout(changes?.timer);
      stops.forEach((stop) => stop?.());
    },
  };
}

function tellChanged(listener: Listener, mirrors: MirrorStatus[]): void {
  const now = new Map(mirrors.map((mirror) => [mirror.diskId, JSON.stringify(mirror)]));
  const changed = mirrors.filter(({ diskId }) => listener.told.get(diskId) !== now.get(diskId));
  listener.told = now;
  if (changed.length > 0) listener.tell(changed);
}
