// Named pipes (fifo(7)) to programs that outlive the agent: what was written stays in them while either side has them open.
import { constants, open as openDescriptor } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { promisify } from 'node:util';
import { run } from '../run';

/** Makes it anew, for the agent's eyes only. */
export async function makeFifo(path: string): Promise<void> {
  await rm(path, { force: true });
  await run({ argv: ['mkfifo', '-m', '600', path], doing: 'make a pipe', timeoutMs: 10_000 });
}

/** Opened for both ways, so that it waits for nobody and does not end when the other side has gone. */
async function openBothWays(path: string): Promise<number> {
  return promisify(openDescriptor)(path, constants.O_RDWR | constants.O_NONBLOCK);
}

export async function readFifo(path: string): Promise<Socket> {
  return new Socket({ fd: await openBothWays(path), readable: true, writable: false });
}

/** As much as a pipe holds (pipe(7)). */
const pieceBytes = 64 * 1024;

/**
 * For what is long: all of it comes piece by piece in the same memory, nothing more while `take` has not resolved, and nothing at all after it has
 * failed.
 */
export async function drainFifo(path: string, take: (piece: Buffer) => Promise<void>): Promise<Socket> {
  const fd = await openBothWays(path);
  const buffer = Buffer.allocUnsafeSlow(pieceBytes);
  const callback = (length: number) => {
    take(buffer.subarray(0, length)).then(
      () => void socket.resume(),
      () => void socket.destroy(),
    );
    return false;
  };
  // The types know it of `connect` alone.
  const options: SocketConstructorOpts & { onread: OnReadOpts } = {
    ...{ fd, readable: true, writable: false },
    onread: { buffer, callback },
  };
  const socket = new Socket(options);
  return socket;
}

/** Reads nothing, or it would take away what it has written itself. */
export async function writeFifo(path: string): Promise<Socket> {
  return new Socket({ fd: await openBothWays(path), readable: false, writable: true });
}
