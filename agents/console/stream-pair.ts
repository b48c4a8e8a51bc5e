// Two ends of a byte stream inside the process. When either end goes, so does the other.
import { duplexPair, type Duplex } from 'node:stream';

export function createStreamPair(): { inside: Duplex; outside: Duplex } {
  const [inside, outside] = duplexPair();
  inside.on('error', () => {});
  inside.on('close', () => outside.destroy());
  outside.on('close', () => inside.destroy());
  // A viewer that ends has left; the inner end has nothing to add then.
  inside.on('end', () => inside.destroy());
  return { inside, outside };
}
