// A QMP connection (QEMU's JSON monitor) over a unix socket: one command after another, events in between.
import { createConnection, type Socket } from 'node:net';
import { AppError } from '@/contract/errors';
import { createLineReader } from './lines';
import { QmpEvent, QmpGreeting, QmpReply } from './messages';

export type QmpClient = {
  /** Sends one command and answers its `return`; `timeout` when QEMU does not answer, `unavailable` when the connection ends before. */
  execute(command: string, args?: Record<string, unknown>, timeoutMs?: number): Promise<unknown>;
  readonly qemuVersion: string;
  /** Resolves once, when the connection has ended for whatever reason. */
  readonly closed: Promise<void>;
  close(): void;
};

type QmpConnect = { path: string; timeoutMs: number; onEvent: (event: QmpEvent) => void };
type Waiter = { resolve: (value: unknown) => void; reject: (error: Error) => void };

/** Under emulation, on a busy node, QEMU takes this long to make itself random numbers for a key. */
const answerMs = 60_000;

/** Connects, reads the greeting and negotiates; the error code is `unavailable` while nobody listens. */
export async function connectQmp({ path, timeoutMs, onEvent }: QmpConnect): Promise<QmpClient> {
  const socket = createConnection({ path });
  const session = createSession(socket, onEvent);
  const timer = setTimeout(
    () => session.end(new AppError('timeout', 'QEMU does not answer on its monitor')),
    timeoutMs,
  );
  try {
    const qemuVersion = await session.greeting;
    await session.execute('qmp_capabilities', undefined, timeoutMs);
    return { execute: session.execute, qemuVersion, closed: session.closed, close: () => session.end() };
  } catch (error) {
    session.end();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function createSession(socket: Socket, onEvent: (event: QmpEvent) => void) {
  const waiting = new Map<number, Waiter>();
  let nextId = 1;
  let failure: Error | null = null;
  const greeting = deferred<string>();
  const closed = deferred<void>();
  greeting.promise.catch(() => {});

  const end = (why: Error = new AppError('unavailable', "The connection to QEMU's monitor has ended")) => {
    if (failure) return;
    failure = why;
    greeting.reject(why);
    for (const waiter of waiting.values()) waiter.reject(why);
    waiting.clear();
    socket.destroy();
    closed.resolve();
  };

  const receive = (message: unknown) => {
    const has = (name: string) => typeof message === 'object' && message !== null && name in message;
    if (has('event')) {
      const event = QmpEvent.safeParse(message);
      return event.success ? onEvent(event.data) : undefined;
    }
    if (has('QMP')) {
      const hello = QmpGreeting.safeParse(message);
      if (!hello.success) return;
      const { major, minor, micro } = hello.data.QMP.version.qemu;
      return greeting.resolve(`${major}.${minor}.${micro}`);
    }
    const reply = QmpReply.safeParse(message);
    const waiter = reply.success && reply.data.id !== undefined ? waiting.get(reply.data.id) : undefined;
    if (!reply.success || reply.data.id === undefined || !waiter) return;
    waiting.delete(reply.data.id);
    if (reply.data.error)
      waiter.reject(new AppError('tool_failed', reply.data.error.desc, { details: reply.data.error }));
    else waiter.resolve(reply.data.return);
  };

  const execute: QmpClient['execute'] = (command, args, timeoutMs = answerMs) =>
    new Promise((resolve, reject) => {
      if (failure) return reject(failure);
      const id = nextId++;
      const timer = setTimeout(() => {
        waiting.delete(id);
        reject(new AppError('timeout', `QEMU did not answer ${command} in ${timeoutMs / 1000} s`));
      }, timeoutMs);
      const settled =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          then(value);
        };
      waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
      socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
    });

  const readLines = createLineReader(receive);
  socket.on('data', (chunk: Buffer) => {
    try {
      readLines(chunk);
    } catch (cause) {
      end(new AppError('tool_failed', "QEMU's monitor sent something that is no QMP", { cause }));
    }
  });
  socket.on('error', (cause) =>
    end(new AppError('unavailable', `Cannot reach QEMU's monitor: ${cause.message}`, { cause })),
  );
  socket.on('close', () => end());
  return { greeting: greeting.promise, execute, closed: closed.promise, end };
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
