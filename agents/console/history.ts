// The last bytes of a stream in bounded memory.
export type History = {
  append(chunk: Buffer): void;
  /** A copy of what is kept, oldest byte first. */
  read(): Buffer;
  clear(): void;
};

const firstBytes = 8 * 1024;

/** Keeps at least the last `limitBytes`; memory never exceeds twice that. */
export function createHistory(limitBytes: number): History {
  let kept = Buffer.alloc(0);
  let used = 0;

  const makeRoom = (bytes: number) => {
    if (used + bytes <= kept.length) return;
    if (used > limitBytes) {
      kept.copyWithin(0, used - limitBytes, used);
      used = limitBytes;
    }
    if (used + bytes <= kept.length) return;
    const larger = Buffer.alloc(Math.min(2 * limitBytes, Math.max(firstBytes, 2 * (used + bytes))));
    kept.copy(larger, 0, 0, used);
    kept = larger;
  };

  return {
    append(chunk) {
      const tail = chunk.subarray(Math.max(0, chunk.length - limitBytes));
      makeRoom(tail.length);
      used += tail.copy(kept, used);
    },
    clear: () => void (used = 0),
    read: () => Buffer.from(kept.subarray(Math.max(0, used - limitBytes), used)),
  };
}
