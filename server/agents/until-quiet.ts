// Aborts a stream that says nothing for too long: a connection to a machine that lost its power stays "open" for many minutes.
import { asIterable } from './agent-stream';

/** Yields what `answer` resolves to, item by item; aborts `silence` when the first one takes longer than `firstMs` or any other than `quietMs`. */
export async function* untilQuiet(
  answer: Promise<unknown>,
  silence: AbortController,
  { firstMs, quietMs }: { firstMs: number; quietMs: number },
): AsyncGenerator<unknown, void> {
  let timer = setTimeout(() => silence.abort(), firstMs);
  try {
    for await (const item of asIterable(await answer)) {
      clearTimeout(timer);
      yield item;
      timer = setTimeout(() => silence.abort(), quietMs);
    }
  } finally {
    clearTimeout(timer);
  }
}
