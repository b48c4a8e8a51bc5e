// Joins a browser's WebSocket and a node's console byte for byte. Invariants: neither side is read while the other is behind, so little is
// buffered however slow a reader is; when one side ends, both are gone soon, and `onClosed` is called once.
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { consoleCloseCodes } from '@/contract/console';

/** What may wait for a browser before the console is no longer read. */
export const highWaterBytes = 128 * 1024;
const missedPingsAllowed = 2;
const graceMs = { ended: 10_000, revoked: 1_000, flush: 2_000 } as const;

export type JoinedConsole = {
  /** Stops at once what flows and closes with the code; a peer that does not answer is cut off. */
  end(code: number, reason: string): void;
  /** To be called periodically: a peer that left without saying so is cut off. */
  ping(): void;
};

export type Closing = { code: number; reason: string; bytesIn: number; bytesOut: number };

type Sides = { ws: WebSocket; socket: Duplex; console: Duplex };

export function joinConsole(
  { ws, socket, console }: Sides,
  onClosed: (closing: Closing) => void,
): JoinedConsole {
  const count = { in: 0, out: 0 };
  const closing = { code: 0, reason: '' };
  let missedPings = 0;
  let cutOff: NodeJS.Timeout | undefined;

  const toBrowser = (chunk: Buffer) => {
    count.out += chunk.length;
    ws.send(chunk, { binary: true });
    if (socket.writableLength > highWaterBytes) console.pause();
  };
  const toConsole = (data: RawData) => {
    missedPings = 0;
    if (!Buffer.isBuffer(data) || closing.code !== 0) return;
    count.in += data.length;
    if (!console.write(data)) ws.pause();
  };
  const readConsole = () => console.resume();
  const close = (code: number, reason: string, waitMs: number) => {
    if (closing.code !== 0) return;
    Object.assign(closing, { code, reason });
    console.off('data', toBrowser);
    // What is paused would not hear the other's answer to the closing.
    ws.resume();
    ws.close(code, reason);
    cutOff = setTimeout(() => ws.terminate(), waitMs);
  };
  const ended = () => close(consoleCloseCodes.consoleEnded, 'The console has ended', graceMs.ended);

  ws.on('message', toConsole);
  ws.on('pong', () => (missedPings = 0));
  // `ws` closes by itself after an error, and then says so.
  ws.on('error', () => {});
  ws.once('close', (code, reason) => {
    clearTimeout(cutOff);
    socket.off('drain', readConsole);
    console.off('data', toBrowser);
    if (closing.code === 0) Object.assign(closing, { code, reason: reason.toString() });
    finish(console);
    onClosed({ ...closing, bytesIn: count.in, bytesOut: count.out });
  });
  socket.on('drain', readConsole);
  console.on('drain', () => ws.resume());
  console.on('error', ended);
  console.on('end', ended);
  console.on('close', ended);
  console.on('data', toBrowser);
  for (const side of [socket, console]) if (side instanceof Socket) side.setNoDelay(true);

  return {
    end(code, reason) {
      console.destroy();
      close(code, reason, graceMs.revoked);
    },
    ping() {
      if (missedPings >= missedPingsAllowed) return ws.terminate();
      // While the console is behind, the browser's answers are not read either.
      if (!ws.isPaused) missedPings += 1;
      if (ws.readyState === ws.OPEN) ws.ping();
    },
  };
}

/** What the browser sent before it left still reaches the console. */
function finish(console: Duplex): void {
  if (console.destroyed || console.writableLength === 0) {
    console.destroy();
    return;
  }
  const late = setTimeout(() => console.destroy(), graceMs.flush);
  console.once('close', () => clearTimeout(late));
  console.end(() => console.destroy());
}
