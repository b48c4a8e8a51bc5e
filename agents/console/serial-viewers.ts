// Those who sit at one serial line: each is shown all of it, and what any of them types goes to the guest.
import { Duplex, type Writable } from 'node:stream';

export const historyBytes = 256 * 1024;
/** A viewer that has not taken this much is cut off; it may come back and gets the history again. */
const viewerLimitBytes = 4 * historyBytes;

export function createViewers(guest: () => Writable | null) {
  const viewers = new Set<Duplex>();
  return {
    show(chunk: Buffer) {
      for (const viewer of viewers) {
        if (viewer.readableLength + chunk.length > viewerLimitBytes) viewer.destroy();
        else viewer.push(chunk);
      }
    },
    open(past: Buffer): Duplex {
      const viewer = createViewer({ guest, onEnd: (ended) => viewers.delete(ended) });
      if (past.length > 0) viewer.push(past);
      viewers.add(viewer);
      return viewer;
    },
    close() {
      for (const viewer of viewers) viewer.destroy();
    },
  };
}

function createViewer(request: { guest: () => Writable | null; onEnd: (viewer: Duplex) => void }): Duplex {
  return new Duplex({
    read() {},
    /** A guest that does not read holds up only the one who types. */
    write(chunk: Buffer, _encoding, done) {
      const guest = request.guest();
      if (!guest || guest.write(chunk)) return done();
      const go = () => {
        guest.off('drain', go);
        guest.off('close', go);
        done();
      };
      guest.once('drain', go);
      guest.once('close', go);
    },
    final(done) {
      this.push(null);
      done();
    },
    destroy(error, done) {
      request.onEnd(this);
      done(error);
    },
  });
}
