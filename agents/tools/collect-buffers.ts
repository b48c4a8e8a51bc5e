// Memory of buffers that were read and are done with. It lies outside of V8's heap and hardly counts for when V8 collects: of a stream of gigabytes
// some dozens of megabytes would wait for that, and leave the process that much larger.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const everyBytes = 2 * 1024 * 1024;

setFlagsFromString('--expose-gc');
// V8 makes it known to contexts that are made from then on.
const collect = runInNewContext('gc') as NodeJS.GCFunction;

/** To be told of each buffer of a stream that is long, when it has come. */
export function createBufferCollector(): (bytes: number) => void {
  let waiting = 0;
  return (bytes) => {
    waiting += bytes;
    if (waiting < everyBytes) return;
    waiting = 0;
    collect({ type: 'minor' });
  };
}
