// How soon a node is asked again whose connection broke. One that comes and goes is asked less and less often: each time it comes and goes, it
// and all its instances change on every page. Times are milliseconds of any clock that only moves on.
export type PatienceTiming = {
  retryMs: { first: number; most: number };
  /** A connection that lasted so long was a good one. */
  steadyAfterMs: number;
  unreachableAfterMs: number;
};

/** Lost more often than that lately, a node is left alone before it is asked again, each time for twice as long. */
export const restRule = { windowMs: 10 * 60_000, freeLosses: 2, firstMs: 15_000, mostMs: 2 * 60_000 };
/** What is wrong with a node that stays lost is told anew no more often than that. */
export const tellAgainMs = 30_000;

export class Patience {
  readonly #timing: PatienceTiming;
  #waitMs: number;
  #heardAt: number;
  /** Since when the connection brings something; null while there is none. */
  #since: number | null = null;
  #lostAt: number[] = [];
  #toldAt: number | null = null;

  constructor(timing: PatienceTiming, now: number) {
    this.#timing = timing;
    this.#waitMs = timing.retryMs.first;
    this.#heardAt = now;
  }

  heard(now: number): void {
    this.#since ??= now;
    this.#heardAt = now;
    this.#toldAt = null;
    if (now - this.#since >= this.#timing.steadyAfterMs) this.#waitMs = this.#timing.retryMs.first;
  }

  /** The connection broke or was not made. `isLost`: it is to be told so now. `waitMs`: until it may be asked again. */
  broke(now: number): { isLost: boolean; waitMs: number } {
    const waitMs = this.#waitMs;
    this.#waitMs = Math.min(waitMs * 2, this.#timing.retryMs.most);
    this.#since = null;
    const isSilent = now - this.#heardAt >= this.#timing.unreachableAfterMs;
    if (!isSilent || (this.#toldAt !== null && now - this.#toldAt < tellAgainMs))
      return { isLost: false, waitMs };
    const isNew = this.#toldAt === null;
    this.#toldAt = now;
    return { isLost: true, waitMs: isNew ? Math.max(waitMs, this.#rest(now)) : waitMs };
  }

  #rest(now: number): number {
    const { windowMs, freeLosses, firstMs, mostMs } = restRule;
    this.#lostAt = [...this.#lostAt.filter((at) => now - at < windowMs), now];
    const beyond = this.#lostAt.length - freeLosses;
    return beyond <= 0 ? 0 : Math.min(firstMs * 2 ** (beyond - 1), mostMs);
  }
}
