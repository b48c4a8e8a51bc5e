// Two byte streams joined, with back-pressure. A side that ends lets what it sent still arrive, then both are gone.
import type { Duplex } from 'node:stream';

const lingerMs = 5_000;

export function connectStreams(one: Duplex, other: Duplex): void {
  const destroyBoth = () => {
    one.destroy();
    other.destroy();
  };
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', destroyBoth);
    from.on('end', () => setTimeout(destroyBoth, lingerMs).unref());
    from.on('close', () => {
      if (to.writableLength === 0) return destroyBoth();
      to.end(destroyBoth);
      setTimeout(destroyBoth, lingerMs).unref();
    });
    from.pipe(to);
  }
}
