// A serial line that goes on where its instance goes: when the node ends it because the instance moved, the line of the other node is taken up.
// Invariant: a viewer sees each byte once. The new line begins with its history, of which everything up to what was seen last is left out.
import { Duplex } from 'node:stream';

/** Long enough to be found in one place only. */
const seenBytes = 4 * 1024;
/** More than any history: what was seen is not in it then, and twice is better than never. */
const mostHeldBytes = 512 * 1024;
const historyMs = 2_000;

/** `reopen` answers the line where the instance is now; null where this really was its end. */
export function followSerial(first: Duplex, reopen: () => Promise<Duplex | null>): Duplex {
  let line: Duplex | null = null;
  let seen = Buffer.alloc(0);
  let waiting: (() => void) | null = null;

  const show = (chunk: Buffer) => {
    if (chunk.length === 0) return;
    seen = Buffer.concat([seen, chunk]).subarray(-seenBytes);
    if (!follower.push(chunk)) line?.pause();
  };

  const follow = async (ended: Duplex) => {
    if (line !== ended || follower.destroyed) return;
    line = null;
    const next = await reopen().catch(() => null);
    if (!next) return void follower.push(null);
    if (follower.destroyed) return void next.destroy();
    attach(next, leaveOut(seen, show));
  };

  const attach = (next: Duplex, onData: (chunk: Buffer) => void) => {
    line = next;
    next.on('error', () => {});
    next.on('data', onData);
    next.once('end', () => void follow(next));
    next.once('close', () => void follow(next));
    waiting?.();
    waiting = null;
  };

  const follower = new Duplex({
    read: () => void line?.resume(),
    write(chunk: Buffer, _encoding, done) {
      const pass = () => (line?.write(chunk) === false ? void line.once('drain', done) : done());
      if (line) pass();
      else waiting = pass;
    },
    final(done) {
      line?.end();
      done();
    },
    destroy(error, done) {
      line?.destroy();
      done(error);
    },
  });
  attach(first, show);
  return follower;
}

/** Passes on what comes after `seen`. What has no such place is passed on whole, once the history must have arrived. */
function leaveOut(seen: Buffer, show: (chunk: Buffer) => void): (chunk: Buffer) => void {
  if (seen.length === 0) return show;
  let held: Buffer | null = Buffer.alloc(0);
  const giveUp = setTimeout(() => {
    if (held) show(held);
    held = null;
  }, historyMs).unref();
  return (chunk) => {
    if (!held) return show(chunk);
    held = Buffer.concat([held, chunk]);
    const at = held.lastIndexOf(seen);
    if (at < 0 && held.length < mostHeldBytes) return;
    clearTimeout(giveUp);
    const fresh = at < 0 ? held : held.subarray(at + seen.length);
    held = null;
    show(fresh);
  };
}
