// The serial line of a domain of Xen: a terminal of the node, of which several readers would take the bytes from one another. So the agent is
// the one reader; it keeps the log, too. While no agent is there, Xen's console program keeps what the guest says, as far as its memory goes.
import { constants } from 'node:fs';
import { appendFile, type FileHandle, open, writeFile } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { ReadStream } from 'node:tty';
import { createHistory } from './history';
import type { SerialLine } from './serial-line';
import { readLog, sizeOfLog } from './serial-log';
import { createViewers, historyBytes } from './serial-viewers';

const lastWordsMs = 1_000;
const logLimitBytes = 1024 * 1024;
const fullMs = 20;

type Terminal = { output: ReadStream; input: Writable; ended: Promise<void> };

export type PtyLine = SerialLine & {
  /** Whether its terminal is there. */
  isConnected(): boolean;
};

export function createPtyLine(logFile: string): PtyLine {
  const history = createHistory(historyBytes);
  let terminal: Terminal | null = null;
  const viewers = createViewers(() => terminal?.input ?? null);
  let loading: Promise<void> | null = null;
  let logBytes = 0;

  const readHistory = async () => {
    const size = await sizeOfLog(logFile);
    history.append(await readLog(logFile, { from: Math.max(0, size - historyBytes), to: size }));
    logBytes = size;
  };
  const load = () => (loading ??= readHistory());
  const rewrite = async () => {
    const kept = history.read();
    await writeFile(logFile, kept, { mode: 0o600 });
    logBytes = kept.length;
  };
  const hear = async (chunk: Buffer) => {
    history.append(chunk);
    viewers.show(chunk);
    logBytes += chunk.length;
    // Without room for the log the guest is heard all the same.
    await (logBytes > logLimitBytes ? rewrite() : appendFile(logFile, chunk, { mode: 0o600 })).catch(
      () => {},
    );
  };
  const hangUp = async ({ output, input, ended }: Terminal) => {
    output.destroy();
    input.destroy();
    await ended;
  };

  return {
    load,
    isConnected: () => terminal !== null,
    async connect(path) {
      await load();
      if (terminal) await hangUp(terminal);
      const opened = await openTerminal(path);
      const ended = readAll(opened.output, hear).finally(() => {
        opened.input.destroy();
        if (terminal?.output === opened.output) terminal = null;
      });
      terminal = { ...opened, ended };
    },
    async disconnect() {
      const ending = terminal;
      if (!ending) return;
      const patience = new AbortController();
      await Promise.race([ending.ended, delay(lastWordsMs, undefined, { signal: patience.signal })]).catch(
        () => {},
      );
      patience.abort();
      await hangUp(ending);
    },
    async open() {
      await load();
      return viewers.open(history.read());
    },
    async history() {
      await load();
      return history.read();
    },
    async begin(seed) {
      await load();
      history.clear();
      history.append(seed);
      viewers.show(seed);
      await rewrite();
    },
    async close() {
      viewers.close();
      if (terminal) await hangUp(terminal);
    },
  };
}

/** One chunk after another: a guest that says more than can be kept is held up instead of filling the memory. */
async function readAll(output: ReadStream, hear: (chunk: Buffer) => Promise<void>): Promise<void> {
  try {
    for await (const chunk of output) await hear(Buffer.from(chunk));
  } catch {
    // A terminal whose other side has gone ends with an error.
  }
}

/** Writing waits in small steps where the guest does not read: a terminal that is full says so and no more. */
async function openTerminal(path: string): Promise<Pick<Terminal, 'output' | 'input'>> {
  const flags = constants.O_NOCTTY | constants.O_NONBLOCK;
  const writing = await open(path, constants.O_WRONLY | flags);
  try {
    const reading = await open(path, constants.O_RDONLY | flags);
    try {
      return { output: new ReadStream(reading.fd), input: createInput(writing) };
    } finally {
      // The stream has opened the terminal once more for itself (libuv: src/unix/tty.c), and leaves this one to us.
      await reading.close();
    }
  } catch (error) {
    await writing.close();
    throw error;
  }
}

function createInput(file: FileHandle): Writable {
  let isGone = false;
  return new Writable({
    highWaterMark: 4_096,
    write(chunk: Buffer, _encoding, done) {
      writeAll(file, chunk, () => isGone).then(() => done(), done);
    },
    destroy(error, done) {
      isGone = true;
      file.close().then(
        () => done(error),
        () => done(error),
      );
    },
  }).on('error', () => {});
}

async function writeAll(file: FileHandle, chunk: Buffer, isGone: () => boolean): Promise<void> {
  for (let at = 0; at < chunk.length && !isGone();) {
    try {
      at += (await file.write(chunk, at)).bytesWritten;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      await delay(fullMs);
    }
  }
}
