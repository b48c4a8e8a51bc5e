// Reads the items of a streaming call to its result.
import { z } from 'zod';
import { AppError } from '@/contract/errors';

export type StreamListener = {
  onLog?(message: string, level: 'info' | 'warn'): void;
  /** 0 to 1. */
  onProgress?(done: number): void;
};

/** A log is read by people; what comes after as many lines is not. */
export const mostLogLines = 10_000;
const longestLine = 64 * 1024;

const Item = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('log'), level: z.enum(['info', 'warn']), message: z.string().max(longestLine) }),
  z.object({ kind: z.literal('progress'), done: z.number() }),
  z.object({ kind: z.literal('result'), result: z.unknown() }),
]);

export async function readStream(answer: unknown, listener: StreamListener): Promise<unknown> {
  let lines = 0;
  for await (const raw of asIterable(answer)) {
    const item = Item.parse(raw);
    if (item.kind === 'result') return item.result;
    if (item.kind === 'progress') listener.onProgress?.(item.done);
    else if (++lines <= mostLogLines) listener.onLog?.(item.message, item.level);
    else if (lines === mostLogLines + 1) listener.onLog?.('More lines are left out', 'warn');
  }
  throw new Error('the answer ended before its result');
}

export function asIterable(answer: unknown): AsyncIterable<unknown> {
  if (isAsyncIterable(answer)) return answer;
  throw new AppError('internal', 'The agent answered with something else than a stream');
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
