// The target's part of a migration: `xl migrate-receive`, which outlives the agent as every program of an instance does. When all has arrived it
// waits for a permission that only `letGo` gives, whichever agent that is by then.
import { open, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { AppError } from '@/contract/errors';
import { collectAfterwards, createBufferCollector } from '../tools/heap';
import { makeFifo, readFifo, writeFifo } from '../tools/fifo/fifo';
import { killHolders } from '../tools/proc/holders';
import { launch } from '../tools/run';
import { openTunnel, type TunnelDoor } from '../tools/tls/one-time-tunnel';
import { placeHotplugScripts } from '../tools/xl/hotplug';
import { lastWords } from './xen-send';
import { builds } from './xen-turns';
import { Hello, listenFor, permission, readLine, ready, Welcome, wentWell, writeLine } from './xen-wire';

const killMs = 15_000;
const letGoMs = 60_000;
/** So much may have come that xl has not read yet. */
const aheadBytes = 1024 * 1024;

export function receiveFiles(folder: string) {
  const file = (name: string) => join(folder, name);
  return {
    input: file('in.fifo'),
    output: file('report.fifo'),
    log: file('receive.log'),
  };
}

type Receiving = {
  folder: string;
  address: string;
  /** The configuration of a guest that has so much memory now. */
  configFor(memoryMiB: number): Promise<string>;
  /** All has arrived. */
  onArrived(): Promise<void>;
  /** It will not arrive any more; said once, never after `onArrived` or `close`. */
  onBroken(): Promise<void>;
};

/** `close` resolves when nothing is under way any more; who closes it ends the receiver as well. */
export type Reception = { door: TunnelDoor; close(): Promise<void> };

export async function receiveDomain(receiving: Receiving): Promise<Reception> {
  const tunnel = await openTunnel(receiving.address);
  let isClosed = false;
  let taking: Promise<void> | null = null;
  const serve = async () => {
    const visitor = await tunnel.visitor;
    visitor.on('error', () => {});
    try {
      const { memoryMiB } = await readLine(visitor, Hello);
      await builds.take(() => {
        if (isClosed || visitor.destroyed)
          throw new AppError('canceled', 'it is not waited for any more, or does not come');
        return (taking = takeIn(visitor, receiving, memoryMiB));
      });
    } catch {
      visitor.destroy();
      // The same guest may be on its way here again by now.
      if (!isClosed) await receiving.onBroken();
    }
  };
  serve().catch(() => {});
  const close = async () => {
    isClosed = true;
    tunnel.close();
    tunnel.visitor.then((visitor) => visitor.destroy()).catch(() => {});
    await taking?.catch(() => {});
  };
  return { door: tunnel.door, close };
}

async function takeIn(
  visitor: TLSSocket,
  { folder, configFor, onArrived }: Receiving,
  memoryMiB: number,
): Promise<void> {
  const { input, output } = receiveFiles(folder);
  writeLine(visitor, Welcome.parse({ config: await configFor(memoryMiB) }));
  for (const fifo of [input, output]) await makeFifo(fifo);
  const [into, from] = [await writeFifo(input), await readFifo(output)];
  try {
    const { ended } = await startReceiver(folder);
    // The end of what it says when all is there is passed on once that is written down.
    let held: Buffer | null = null;
    const arrived = new Promise<void>((resolve, reject) => {
      let isReady = false;
      const hear = listenFor(ready, () => (isReady = true));
      from.on('data', (chunk: Buffer) => {
        hear(chunk);
        if (!isReady) return void visitor.write(chunk);
        held ??= chunk;
        resolve();
      });
      const hungUp = () => reject(new AppError('tool_failed', 'the source hung up'));
      visitor.once('close', hungUp);
      if (visitor.destroyed) hungUp();
      void ended.then(() => reject(new AppError('tool_failed', 'xl ended')));
    });
    pour(visitor, into);
    await arrived;
    await onArrived();
    if (held !== null) visitor.write(held);
    visitor.end();
  } finally {
    visitor.removeAllListeners('data');
    into.destroy();
    from.destroy();
    collectAfterwards();
  }
}

/** TLS hands over small pieces; those that come together are written together. */
function pour(visitor: TLSSocket, into: Socket): void {
  let isCorked = false;
  const uncork = () => {
    isCorked = false;
    into.uncork();
  };
  const collectBuffers = createBufferCollector();
  into.on('drain', () => visitor.resume());
  visitor.on('data', (piece: Buffer) => {
    collectBuffers(piece.length);
    if (!isCorked) {
      isCorked = true;
      into.cork();
      setImmediate(uncork);
    }
    into.write(piece);
    if (into.writableLength > aheadBytes) visitor.pause();
  });
}

async function startReceiver(folder: string): Promise<{ ended: Promise<unknown> }> {
  await placeHotplugScripts();
  const script = 'exec xl migrate-receive -e 0<>in.fifo 1<>report.fifo';
  const output = await open(receiveFiles(folder).log, 'w', 0o600);
  try {
    const argv = ['sh', '-c', script] as const;
    const { ended } = await launch({ argv, doing: 'receive the domain', outputFd: output.fd, cwd: folder });
    return { ended };
  } finally {
    await output.close();
  }
}

/** The guest goes on here. */
export async function letGo(folder: string): Promise<void> {
  const { input, output, log } = receiveFiles(folder);
  const [into, from] = [await writeFifo(input), await readFifo(output)];
  try {
    let timer: NodeJS.Timeout | undefined;
    const done = new Promise<void>((resolve, reject) => {
      const hear = listenFor(wentWell, resolve);
      from.on('data', hear);
      timer = setTimeout(() => reject(new AppError('timeout', 'xl does not let it go')), letGoMs);
    });
    into.write(permission);
    await done.finally(() => clearTimeout(timer));
  } catch (cause) {
    throw new AppError('tool_failed', `The guest does not go on here. ${await lastWords(log)}`.trim(), {
      cause,
    });
  } finally {
    into.destroy();
    from.destroy();
  }
  await endReceiving(folder);
}

/** Nothing of the receiver is left. It is known by what it reads from: a file of its own it would hand on to the device model, which stays. */
export async function endReceiving(folder: string): Promise<void> {
  const { input, output } = receiveFiles(folder);
  if (!(await killHolders(input, killMs))) throw new AppError('timeout', 'xl does not end its migration');
  for (const file of [input, output]) await rm(file, { force: true });
}
