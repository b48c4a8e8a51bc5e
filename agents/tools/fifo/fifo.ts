// Named pipes (fifo(7)) to programs that outlive the agent: what was written stays in them while either side has them open.
import { constants, open as openDescriptor } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Socket } from 'node:net';
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

/** Reads nothing, or it would take away what it has written itself. */
export async function writeFifo(path: string): Promise<Socket> {
  return new Socket({ fd: await openBothWays(path), readable: false, writable: true });
}
