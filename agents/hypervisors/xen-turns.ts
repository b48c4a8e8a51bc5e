// Work on one domain, one piece after another.

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
