// The console relay: browser WebSocket <-> control plane <-> node. Nothing is upgraded, and no node is asked, before the gate has let it through;
// every console that was opened is closed with its browser's connection, and is in the audit.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { AppError, httpStatusOf } from '@/contract/errors';
import { consoleProtocol } from '@/contract/paths';
import type { ConsoleKind } from '@/contract/schemas/instance';
import type { Actor } from '../auth/actor';
import { recordRefusal } from '../auth/refusals';
import type { AuditRecord } from '../db/audit';
import type { Db } from '../db/client';
import { addressOf, type Admission, admit, type Authenticate, type ConsoleNode, identify } from './gate';
import { findNewNode } from './find-new-node';
import { followSerial } from './follow-serial';
import { joinConsole } from './join-console';
import { type Changes, createOpenConsoles, defaultTimings, type OpenConsole } from './open-consoles';
import { createOpenLimits } from './open-limits';

export type ConsoleRelayOptions = {
  db: Db;
  agents: { openConsole(node: ConsoleNode, instanceId: string, kind: ConsoleKind): Promise<Duplex> };
  authenticate: Authenticate;
  /** Of the public URL; pages of no other origin may open consoles. */
  origin: string;
  /** Calls the listener with what changed, until the answer is called. */
  onChange: (listener: (changes: Changes) => void) => () => void;
  audit: (record: AuditRecord) => Promise<void>;
  /** Told of what failed without anybody waiting for it. */
  onError?: (error: unknown) => void;
  timings?: Partial<typeof defaultTimings>;
};

export type ConsoleRelay = {
  /** Answers every upgrade: with a WebSocket, or with a plain HTTP refusal, also where the path is not its own. Never throws. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** How many consoles are open. */
  count(): number;
  /** Ends all consoles and stops listening. */
  close(): Promise<void>;
};

const maxMessageBytes = 64 * 1024;
const nodePatienceMs = 15_000;

export function createConsoleRelay(options: ConsoleRelayOptions): ConsoleRelay {
  const { db, onChange, onError = () => {} } = options;
  const timings = { ...defaultTimings, ...options.timings };
  const open = createOpenConsoles({ db, onChange, onError, timings });
  const limits = createOpenLimits();
  const wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
    handleProtocols: () => consoleProtocol,
  });
  let stopped = false;
  const context: Context = { ...options, onError, open, limits, wss, isStopped: () => stopped };
  return {
    handleUpgrade(request, socket, head) {
      // A socket that breaks while it is judged must not end the process.
      socket.on('error', () => socket.destroy());
      judge(context, { request, socket, head }).catch((error: unknown) => refuse(context, socket, error));
    },
    count: open.count,
    async close() {
      stopped = true;
      await open.close();
    },
  };
}

type Context = Omit<ConsoleRelayOptions, 'onError' | 'timings'> & {
  onError: (error: unknown) => void;
  open: ReturnType<typeof createOpenConsoles>;
  limits: ReturnType<typeof createOpenLimits>;
  wss: WebSocketServer;
  isStopped: () => boolean;
};
type Upgrade = { request: IncomingMessage; socket: Duplex; head: Buffer };

async function judge(context: Context, upgrade: Upgrade): Promise<void> {
  const { request, socket } = upgrade;
  let actor: Actor | null = null;
  try {
    actor = await identify(request, context);
    const leave = context.limits.enter(actor.userId);
    socket.once('close', leave);
    if (socket.destroyed) return leave();
    await openConsole(context, upgrade, await admit(context.db, actor, request));
  } catch (error) {
    const refusal = refusalOf(error, actor ?? { address: addressOf(request) });
    await recordRefusal(context.db, refusal).catch(context.onError);
    throw error;
  }
}

async function openConsole(context: Context, upgrade: Upgrade, admission: Admission): Promise<void> {
  const { request, socket, head } = upgrade;
  const console = await openLine(context, admission);
  // From here on the console must not outlive the browser's connection, whatever happens.
  console.on('error', () => {});
  const abandon = () => void console.destroy();
  socket.once('close', abandon);
  if (!socket.destroyed) await context.audit(recordOf(admission, { action: 'console.open', details: {} }));
  if (socket.destroyed) return abandon();
  if (context.isStopped()) {
    abandon();
    throw new AppError('unavailable', 'The console is restarting');
  }
  context.wss.handleUpgrade(request, socket, head, (ws) => {
    // The join ends the console by itself, and lets it have first what was sent to it.
    socket.off('close', abandon);
    attach(context, { ws, socket, console }, admission);
  });
}

function attach(
  { open, audit, onError }: Context,
  sides: { ws: WebSocket; socket: Duplex; console: Duplex },
  admission: Admission,
): void {
  const { actor, instance } = admission;
  const openedAt = Date.now();
  let markClosed = () => {};
  const closed = new Promise<void>((resolve) => (markClosed = resolve));
  const joined = joinConsole(sides, (closing) => {
    open.remove(entry);
    const details = { ...closing, seconds: Math.round((Date.now() - openedAt) / 1000) };
    audit(recordOf(admission, { action: 'console.close', details }))
      .catch(onError)
      .finally(markClosed);
  });
  const entry: OpenConsole = { actor, instanceId: instance.id, joined, closed };
  open.add(entry);
}

/** A serial line goes on at the other node when its instance moves; a screen has a state of its own, so its page opens it anew. */
async function openLine({ db, agents }: Context, admission: Admission): Promise<Duplex> {
  const first = await reachConsole(agents, admission);
  if (admission.kind === 'screen') return first;
  let node = admission.node;
  return followSerial(first, async () => {
    const next = await findNewNode(db, { instanceId: admission.instance.id, node });
    if (!next) return null;
    node = next;
    return reachConsole(agents, { ...admission, node });
  });
}

async function reachConsole(agents: ConsoleRelayOptions['agents'], admission: Admission): Promise<Duplex> {
  const { node, instance, kind } = admission;
  let isLate = false;
  let timer: NodeJS.Timeout | undefined;
  const opening = agents.openConsole(node, instance.id, kind);
  opening.then((console) => isLate && console.destroy()).catch(() => {});
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError('timeout', 'no answer')), nodePatienceMs);
  });
  try {
    return await Promise.race([opening, patience]);
  } catch (cause) {
    isLate = true;
    const details = { instanceId: instance.id };
    if (cause instanceof AppError && cause.code === 'wrong_state')
      throw new AppError('wrong_state', `${instance.name} has no ${kind} now`, { cause, details });
    throw new AppError('tool_failed', `The node of ${instance.name} did not open its ${kind}`, {
      cause,
      details,
    });
  } finally {
    clearTimeout(timer);
  }
}

function recordOf(admission: Admission, record: Pick<AuditRecord, 'action' | 'details'>): AuditRecord {
  const { actor, instance, kind } = admission;
  return {
    action: record.action,
    outcome: 'done',
    actor,
    address: actor.address,
    target: { kind: 'instance', id: instance.id, name: instance.name },
    ownerId: instance.ownerId,
    details: { kind, ...Object(record.details) },
  };
}

/** Without the instance's name: who was refused reads this row too. */
function refusalOf(error: unknown, who: Actor | { address: string | null }): AuditRecord {
  const { instanceId } = error instanceof AppError ? error.details : {};
  return {
    action: 'console.open',
    outcome: 'refused',
    actor: 'userId' in who ? who : null,
    address: who.address,
    target: typeof instanceId === 'string' ? { kind: 'instance', id: instanceId } : null,
    details: { code: error instanceof AppError ? error.code : 'internal' },
  };
}

/** A few plain words, then the connection ends. */
function refuse({ onError }: Context, socket: Duplex, error: unknown): void {
  if (!(error instanceof AppError)) onError(error);
  const known = error instanceof AppError ? error : new AppError('unavailable', 'Try again later');
  const text = `${known.message}\n`;
  const head = [
    `HTTP/1.1 ${httpStatusOf[known.code]} ${known.code}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
}
