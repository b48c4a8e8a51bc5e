// Work on one domain, one piece after another, and who waits for its end.

export class Turns {
  private last: Promise<unknown> = Promise.resolve();
  private count = 0;

  isBusy(): boolean {
    return this.count > 0;
  }

  /** Resolves with what the work does, when all that came before is done. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    this.count += 1;
    const done = this.last.then(work, work);
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
