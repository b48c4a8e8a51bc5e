// The serial line of one instance: one reader in the agent, any number of viewers, history from the log file that QEMU writes.
// Invariants: the guest is always read, so no viewer can hold it up; memory stays bounded, and the log file while an agent is attached.
// While none is, QEMU goes on writing into the file (it has no limit of its own): a guest that floods its serial line while the agent is
// away can fill the node's file system until the agent is back and cuts the file.
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createHistory } from './history';
import { keepLog, readLog, restartLog, sizeOfLog, type LogKeeper } from './serial-log';
import { overlapBytes } from './serial-seam';
import { createViewers, historyBytes } from './serial-viewers';

const lastWordsMs = 1_000;

export type SerialLine = {
  /** Reads the history. Called before QEMU starts, so that what it writes afterwards is told from what was there. */
  load(): Promise<void>;
  /** Attaches to a running QEMU. */
  connect(socketPath: string): Promise<void>;
  /** Lets QEMU's last words arrive (it has ended), then lets go. */
  disconnect(): Promise<void>;
  open(): Promise<Duplex>;
  /** What was said, up to what has reached the agent by now. */
  history(): Promise<Buffer>;
  /** Forgets what was said and begins with this instead, in the log, too; only while the guest says nothing. */
  begin(history: Buffer): Promise<void>;
  /** Ends all viewers; resolves when nothing is written to the file any more. */
  close(): Promise<void>;
};

export function createSerialLine(logFile: string): SerialLine {
  const history = createHistory(historyBytes);
  const viewers = createViewers(() => guest);
  let loading: Promise<void> | null = null;
  let loadedBytes = 0;
  let guest: Socket | null = null;
  let log: LogKeeper | null = null;

  const show = (chunk: Buffer) => {
    history.append(chunk);
    viewers.show(chunk);
  };

  const readHistory = async () => {
    const size = await sizeOfLog(logFile);
    history.append(await readLog(logFile, { from: Math.max(0, size - historyBytes), to: size }));
    loadedBytes = size;
  };

  const load = async () => {
    if (loading) loadedBytes = await sizeOfLog(logFile);
    await (loading ??= readHistory());
  };

  const attach = async (socket: Socket) => {
    log = null;
    const onLive = (chunk: Buffer) => {
      log?.wrote(chunk.length);
      show(chunk);
    };
    const { unseen, logBytes } = await joinLogAndLive({ socket, logFile, from: loadedBytes, onLive });
    show(unseen);
    log = keepLog({ path: logFile, history: history.read, bytes: logBytes });
  };

  const begin = async (seed: Buffer) => {
    await log?.end();
    await restartLog(logFile, seed);
    history.clear();
    show(seed);
    if (guest) log = keepLog({ path: logFile, history: history.read, bytes: seed.length });
  };

  return {
    load,
    async connect(socketPath) {
      await (loading ??= readHistory());
      const socket = createConnection({ path: socketPath });
      socket.setMaxListeners(0);
      await once(socket, 'connect');
      socket.on('error', () => {});
      socket.on('close', () => {
        if (guest === socket) guest = null;
      });
      guest?.destroy();
      guest = socket;
      socket.once('close', () => void log?.end());
      await attach(socket);
    },
    async disconnect() {
      const ending = guest;
      if (ending && !ending.closed) {
        const timer = setTimeout(() => ending.destroy(), lastWordsMs);
        await once(ending, 'close');
        clearTimeout(timer);
      }
      await log?.end();
    },
    async open() {
      await (loading ??= readHistory());
      return viewers.open(history.read());
    },
    async history() {
      await (loading ??= readHistory());
      // What QEMU has written to the socket before it told that it is done.
      await untilHeard();
      return history.read();
    },
    begin,
    async close() {
      viewers.close();
      guest?.destroy();
      await log?.end();
    },
  };
}

type Joining = { socket: Socket; logFile: string; from: number; onLive: (chunk: Buffer) => void };

/**
 * What the guest said since the log had `from` bytes; from then on `onLive` gets all that comes. QEMU writes each byte first to the socket,
 * then to the file: once the file was read, all that it has of the live stream is already here.
 */
async function joinLogAndLive({ socket, logFile, from, onLive }: Joining) {
  let early: Buffer[] | null = [];
  socket.on('data', (chunk: Buffer) => {
    if (early) early.push(chunk);
    else onLive(chunk);
  });
  const file = await readLog(logFile, { from, to: Infinity });
  await untilHeard();
  const live = Buffer.concat(early);
  const later = live.subarray(overlapBytes(file, live));
  early = null;
  return { unseen: Buffer.concat([file, later]), logBytes: from + file.length + later.length };
}

/** Lets what has reached the process be read. */
async function untilHeard(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
