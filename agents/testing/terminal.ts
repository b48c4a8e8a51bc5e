// Someone at an instance's console in a test: sees everything since the beginning, types lines, waits for words instead of time.
import type { Duplex } from 'node:stream';

export type Terminal = ReturnType<typeof sitAtTerminal>;

export function sitAtTerminal(line: Duplex) {
  let seen = '';
  line.on('data', (chunk: Buffer) => (seen += chunk.toString('latin1')));
  line.on('error', () => {});
  return {
    seen: () => seen,
    type: (text: string) => line.write(`${text}\n`),
    /** Resolves with what was seen since `from` when the pattern appears there. */
    until: (pattern: RegExp, from = 0) =>
      new Promise<string>((resolve, reject) => {
        const closed = () => reject(new Error(`The line closed before ${pattern}; seen: ${seen}`));
        const look = () => {
          if (!pattern.test(seen.slice(from))) return;
          line.off('data', look);
          line.off('close', closed);
          resolve(seen.slice(from));
        };
        line.on('data', look);
        line.once('close', closed);
        look();
      }),
    leave: () => line.destroy(),
  };
}
