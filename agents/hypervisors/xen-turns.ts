// Work on one domain, one piece after another, and who waits for its end.
import { AppError } from '@/contract/errors';

export class Turns {
  private last: Promise<unknown> = Promise.resolve();
  private now: Promise<unknown> = Promise.resolve();
  private count = 0;

  isBusy(): boolean {
    return this.count > 0;
  }

  /** Resolves with what the work does, when all that came before is done. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    this.count += 1;
    const done = this.last.then(() => {
      const working = work();
      this.now = working.catch(() => {});
      return working;
    });
    this.last = done.catch(() => {});
    try {
      return await done;
    } finally {
      this.count -= 1;
    }
  }

  /** Resolves when all that was asked for until now is done, however it went. */
  async settled(): Promise<void> {
    await this.last;
  }

  /** Resolves when the one piece that has its turn is done, however it went. */
  async moved(): Promise<void> {
    await this.now;
  }
}

/**
 * Of all domains of the node: `xl` makes one after another (its lock), and a guest that arrives is one in the making until all of it is there. Who
 * waited in `xl` would run out of time, or be taken for dead.
 */
export const builds = new Turns();
const soonMs = 60_000;

/** For a start, which somebody waits for: as long as its turn comes nearer. Throws `busy` where one domain alone takes longer than `patienceMs`. */
export async function requireBuildSoon(doing: string, patienceMs = soonMs): Promise<void> {
  let isOurs = false;
  const before = builds.settled().then(() => void (isOurs = true));
  while (!isOurs) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, patienceMs, true)));
    const moved = Promise.race([before, builds.moved()]).then(() => false);
    const isLate = await Promise.race([moved, late]).finally(() => clearTimeout(timer));
    if (!isLate) continue;
    const why = 'Xen makes one domain after another, and another one is still being made or arriving';
    throw new AppError('busy', `Cannot ${doing}: ${why}`);
  }
}

export class Waiting {
  private readonly those = new Set<() => void>();

  /** Resolves when it is over, which somebody must tell, or when `limit` aborts. */
  async until(isOver: () => boolean, limit?: AbortSignal): Promise<void> {
    while (!isOver() && !limit?.aborted)
      await new Promise<void>((resolve) => {
        const go = () => {
          this.those.delete(go);
          limit?.removeEventListener('abort', go);
          resolve();
        };
        this.those.add(go);
        limit?.addEventListener('abort', go);
      });
  }

  tell(): void {
    for (const go of this.those) go();
  }
}
