// What `xl` and its other self at the target say to one another during a migration (tools/xl/xl_migrate.c), and the line that our two agents
// exchange before. Between the target's "ready" and the source's permission the guest runs nowhere: that is where we wait for the decision.
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { AppError } from '@/contract/errors';

export const banner = 'xl migration receiver ready, send binary domain data.\n';
/** These end with a NUL; the banner does not. */
export const ready = 'domain received, ready to unpause\0';
export const permission = 'domain is yours, you are cleared to unpause\0';
/** A byte of how it went follows: this is what it says when all went well. */
export const wentWell = 'my copy unpause results are as follows\0\0';

/** From the source: what the guest has of its memory now. From the target: the configuration by which it is built there. */
export const Hello = z.object({ memoryMiB: z.number().int().positive() });
export const Welcome = z.object({ config: z.string().max(64_000) });

const lineLimit = 100_000;

export function writeLine(stream: Writable, value: object): void {
  stream.write(`${JSON.stringify(value)}\n`);
}

/** One line of JSON; what comes after it stays in the stream. */
export async function readLine<T>(stream: Readable, schema: z.ZodType<T>): Promise<T> {
  let text = Buffer.alloc(0);
  for (;;) {
    const chunk: Buffer | null = stream.read();
    if (chunk === null) {
      await whenReadable(stream);
      continue;
    }
    text = Buffer.concat([text, chunk]);
    const end = text.indexOf('\n');
    if (end >= 0) {
      if (end + 1 < text.length) stream.unshift(text.subarray(end + 1));
      return schema.parse(JSON.parse(text.subarray(0, end).toString('utf8')));
    }
    if (text.length > lineLimit) throw new AppError('invalid', 'The other node says something else');
  }
}

function whenReadable(stream: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      stream.off('readable', go);
      stream.off('close', fail);
    };
    const go = () => {
      stop();
      resolve();
    };
    const fail = () => {
      stop();
      reject(new AppError('tool_failed', 'The other node hung up'));
    };
    if (stream.destroyed || stream.readableEnded) return fail();
    stream.once('readable', go);
    stream.once('close', fail);
  });
}

/** Calls back once when the words have come, wherever chunks begin and end. */
export function listenFor(words: string, onHeard: () => void): (chunk: Buffer) => void {
  const wanted = Buffer.from(words);
  let tail = Buffer.alloc(0);
  let isHeard = false;
  return (chunk) => {
    if (isHeard) return;
    tail = Buffer.concat([tail, chunk]);
    isHeard = tail.includes(wanted);
    if (isHeard) return onHeard();
    tail = tail.subarray(Math.max(0, tail.length - wanted.length));
  };
}
