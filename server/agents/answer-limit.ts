// Bounds what one answer may take of this process: a node may be in wrong hands, and the engine serves all the others too.
import { AppError } from '@/contract/errors';

/** Far more than a full node has to tell. */
export const longestAnswerBytes = 16 * 1024 * 1024;

const newline = 10;

/** Fails beyond `longestAnswerBytes`; of an answer by lines, which may be endless, each line counts for itself. */
export function limitAnswer({ byLine }: { byLine: boolean }): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      const end = byLine ? chunk.indexOf(newline) : -1;
      bytes += end < 0 ? chunk.length : end;
      if (bytes > longestAnswerBytes) throw tooLong();
      // What follows the last line's end is the beginning of the next one.
      if (end >= 0) bytes = chunk.length - 1 - chunk.lastIndexOf(newline);
      controller.enqueue(chunk);
    },
  });
}

function tooLong(): AppError {
  return new AppError(
    'internal',
    `The agent answered with more than ${longestAnswerBytes / 1024 / 1024} MiB`,
  );
}
