// Keeps one console connected: a fresh ticket for each attempt, back-off between attempts, and an end where trying again is of no use.
// Knows neither React nor what is shown: whoever attaches gets each new socket before its first message arrives.
import { consoleCloseCodes } from '@/contract/console';
import { AppError } from '@/contract/errors';
import type { ConsoleTicket } from '@/contract/schemas/instance';
import { endOfCloseCode, endOfRefusal, type ConsoleEnd } from './console-socket';

/** `consoleEnded`: the machine stopped, or its node closed the console; `lost`: the way there broke. */
export type RetryReason = 'consoleEnded' | 'lost';

export type ConsoleState =
  | { kind: 'idle' }
  | { kind: 'connecting'; attempt: number }
  | { kind: 'open' }
  | { kind: 'retrying'; attempt: number; retryAtMs: number; why: RetryReason; detail: string | null }
  | { kind: 'ended'; end: ConsoleEnd };

/** Shows what a socket brings; calls `ready` when it does. Answers how to let go of the socket. */
export type AttachConsole = (socket: WebSocket, ready: () => void) => () => void;

export type ConsoleConnectionRequest = {
  requestTicket: () => Promise<ConsoleTicket>;
  openSocket: (ticket: ConsoleTicket) => WebSocket;
  attach: AttachConsole;
  /** Runs something later; answers how to prevent it. */
  later?: (run: () => void, delayMs: number) => () => void;
  now?: () => number;
};

export type ConsoleConnection = {
  /** Connects now, unless it is connecting or connected. */
  start(): void;
  /** Lets go; stays so until `start`. */
  stop(): void;
  getState(): ConsoleState;
  subscribe(listener: () => void): () => void;
};

const lastingMs = 5_000;
const delaysMs = [500, 1_000, 2_000, 4_000, 8_000, 15_000];

export function retryDelayMs(attempt: number): number {
  return delaysMs[Math.min(attempt, delaysMs.length) - 1] ?? 500;
}

export function createConsoleConnection(request: ConsoleConnectionRequest): ConsoleConnection {
  const { requestTicket, openSocket, attach, later = runLater, now = Date.now } = request;
  const listeners = new Set<() => void>();
  let state: ConsoleState = { kind: 'idle' };
  let release = () => {};
  /** Counts connections, so that the answer to an abandoned one is ignored. */
  let turn = 0;

  const become = (next: ConsoleState) => {
    state = next;
    for (const listener of listeners) listener();
  };

  const letGo = () => {
    turn++;
    release();
    release = () => {};
  };

  const failed = (attempt: number, failure: Failure) => {
    letGo();
    if ('end' in failure) return become({ kind: 'ended', ...failure });
    const delayMs = retryDelayMs(attempt);
    release = later(() => void connect(attempt + 1), delayMs);
    become({ kind: 'retrying', attempt, retryAtMs: now() + delayMs, ...failure });
  };

  const adopt = (socket: WebSocket, attempt: number) => {
    let openSinceMs = Infinity;
    const detach = attach(socket, () => {
      openSinceMs = now();
      become({ kind: 'open' });
    });
    const ended = (event: CloseEvent) => {
      // What opens and breaks at once has not recovered: only a lasting connection starts the back-off over.
      const wasLasting = now() - openSinceMs >= lastingMs;
      failed(wasLasting ? 1 : attempt, failureOfClose(event));
    };
    socket.addEventListener('close', ended);
    release = () => {
      socket.removeEventListener('close', ended);
      detach();
      socket.close();
    };
  };

  const connect = async (attempt: number) => {
    letGo();
    const mine = turn;
    become({ kind: 'connecting', attempt });
    try {
      const ticket = await requestTicket();
      if (mine === turn) adopt(openSocket(ticket), attempt);
    } catch (error) {
      if (mine === turn) failed(attempt, failureOfRefusal(error));
    }
  };

  return {
    start: () => {
      if (state.kind !== 'connecting' && state.kind !== 'open') void connect(1);
    },
    stop: () => {
      letGo();
      if (state.kind !== 'idle') become({ kind: 'idle' });
    },
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

type Failure = { end: ConsoleEnd } | { why: RetryReason; detail: string | null };

function failureOfClose({ code, reason }: CloseEvent): Failure {
  const end = endOfCloseCode(code);
  if (end) return { end };
  return { why: code === consoleCloseCodes.consoleEnded ? 'consoleEnded' : 'lost', detail: reason || null };
}

function failureOfRefusal(error: unknown): Failure {
  if (!(error instanceof AppError)) return { why: 'lost', detail: null };
  const end = endOfRefusal(error.code);
  if (end) return { end };
  return { why: error.code === 'wrong_state' ? 'consoleEnded' : 'lost', detail: error.message };
}

function runLater(run: () => void, delayMs: number): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}
