// Keeps the agent small: who runs a node wants its memory for instances.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const everyBytes = 2 * 1024 * 1024;
const afterwardsMs = 30_000;

// Collections close the holes between old objects too; without it pages stay that are hardly in use.
setFlagsFromString('--optimize-for-size');
setFlagsFromString('--expose-gc');
// V8 makes it known to contexts that are made from then on.
const collect = runInNewContext('gc') as NodeJS.GCFunction;

/**
 * To be told of each buffer of a stream that is long, when it has come. Memory of buffers that were read and are done with lies outside of V8's heap
 * and hardly counts for when V8 collects: of a stream of gigabytes some dozens of megabytes would wait for that.
 */
export function createBufferCollector(): (bytes: number) => void {
  let waiting = 0;
  return (bytes) => {
    waiting += bytes;
    if (waiting < everyBytes) return;
    waiting = 0;
    collect({ type: 'minor' });
  };
}

let afterwards: NodeJS.Timeout | undefined;

/**
 * To be told when a long stream is over: what was in use at two of those collections counts as old, and would stay. A full collection follows once
 * whoever sent the stream had time to go on; it stops the process for some dozens of milliseconds, and a guest that moves stands still till then.
 */
export function collectAfterwards(): void {
  clearTimeout(afterwards);
  // All of it: told a `type: 'major'`, V8 of Node 20 does what it does for 'minor'.
  afterwards = setTimeout(() => void collect(), afterwardsMs);
  afterwards.unref();
}
