// What an operation locks, in the fixed order of levels. Nobody stores locks: they are recomputed from a job's parameters, so none is left over.
export const lockLevels = ['cluster', 'image', 'instance', 'nodeGroup', 'node', 'network'] as const;
export type LockLevel = (typeof lockLevels)[number];

/** Ids by level: an array is locked exclusively, `shared` admits other sharers. */
export type LockWish = Partial<Record<LockLevel, string[] | { shared: string[] }>>;

export type Lock = { key: string; shared: boolean };

/** Sorted by level, then by id. */
export function toLocks(wish: LockWish): Lock[] {
  return lockLevels.flatMap((level) => {
    const wanted = wish[level] ?? [];
    const shared = !Array.isArray(wanted);
    const ids = shared ? wanted.shared : wanted;
    return [...new Set(ids)].sort().map((id) => ({ key: `${level}:${id}`, shared }));
  });
}

/** Who holds, or will hold before others, which lock. */
export class LockBook {
  readonly #takers = new Map<string, { jobId: number; shared: boolean }[]>();

  take(jobId: number, locks: Lock[]): void {
    for (const { key, shared } of locks) {
      const takers = this.#takers.get(key);
      if (takers) takers.push({ jobId, shared });
      else this.#takers.set(key, [{ jobId, shared }]);
    }
  }

  /** The first job whose locks stand against these; null when there is none. */
  findConflict(locks: Lock[]): number | null {
    for (const { key, shared } of locks) {
      const taker = this.#takers.get(key)?.find((other) => !(shared && other.shared));
      if (taker) return taker.jobId;
    }
    return null;
  }
}
