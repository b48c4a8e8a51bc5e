// Everything that is checked before a console's WebSocket is upgraded. What refuses is thrown as an AppError; the ticket is used up here.
import type { IncomingMessage } from 'node:http';
import { AppError } from '@/contract/errors';
import { consoleProtocol, consoleSocketPath, ticketProtocolPrefix } from '@/contract/paths';
import type { ConsoleKind } from '@/contract/schemas/instance';
import type { Actor } from '../auth/actor';
import { remoteAddressHeader } from '../auth/remote-address';
import type { Db } from '../db/client';
import { readStandings } from './standing';
import { redeemTicket } from './tickets';

/** Where a console is: what the agent client needs to reach the node. */
export type ConsoleNode = { id: string; address: string };

export type Admission = {
  actor: Actor;
  kind: ConsoleKind;
  instance: { id: string; name: string; ownerId: string | null };
  node: ConsoleNode;
};

export type Authenticate = (
  cookieHeader: string | undefined,
  address: string | null,
) => Promise<Actor | null>;

/** Who asks: decided by the request alone and the session. */
export async function identify(
  request: IncomingMessage,
  { origin, authenticate }: { origin: string; authenticate: Authenticate },
): Promise<Actor> {
  if (readPath(request) !== consoleSocketPath)
    throw new AppError('not_found', 'There is nothing to connect to here');
  // Browsers send Origin with every WebSocket and ask nobody before: what sends none, or another, is not our page.
  if (request.headers.origin !== origin)
    throw new AppError('forbidden', 'Consoles are opened by pages of this console only');
  const actor = await authenticate(request.headers.cookie, addressOf(request));
  if (!actor) throw new AppError('unauthenticated', 'Sign in first');
  return actor;
}

export function addressOf(request: IncomingMessage): string | null {
  const stamped = request.headers[remoteAddressHeader];
  return typeof stamped === 'string' ? stamped : (request.socket.remoteAddress ?? null);
}

/** Uses the request's ticket up and finds the console that it is for. */
export async function admit(db: Db, actor: Actor, request: IncomingMessage): Promise<Admission> {
  const { sessionId, userId } = actor;
  const ticket = readTicket(request);
  const redeemed = await redeemTicket(db, { ticket, sessionId, userId, now: new Date() });
  if (!redeemed)
    throw new AppError('forbidden', 'This ticket was used, has expired, or belongs to another session');
  const { instanceId, kind } = redeemed;
  const target = { instanceId };
  const [standing] = await readStandings(db, [{ actor, instanceId }]);
  if (standing === 'sessionEnded') throw new AppError('unauthenticated', 'Sign in first');
  // What one may not open any more answers like what does not exist.
  if (standing !== 'held') throw new AppError('not_found', 'There is no such instance', { details: target });
  const instance = await db.instance.findUnique({
    where: { id: instanceId },
    select: { id: true, name: true, ownerId: true, node: { select: { id: true, address: true } } },
  });
  if (!instance) throw new AppError('not_found', 'There is no such instance', { details: target });
  const { node, ...rest } = instance;
  if (!node) throw new AppError('wrong_state', `${rest.name} is not on a node`, { details: target });
  return { actor, kind, instance: rest, node };
}

function readPath({ url = '' }: IncomingMessage): string | null {
  return URL.canParse(url, 'http://web') ? new URL(url, 'http://web').pathname : null;
}

function readTicket(request: IncomingMessage): string {
  const header = request.headers['sec-websocket-protocol'] ?? '';
  const protocols = header.split(',').map((protocol) => protocol.trim());
  const tickets = protocols.filter((protocol) => protocol.startsWith(ticketProtocolPrefix));
  const [ticket] = tickets;
  if (!protocols.includes(consoleProtocol) || !ticket || tickets.length > 1)
    throw new AppError('forbidden', `Offer the subprotocols ${consoleProtocol} and one ticket`);
  return ticket.slice(ticketProtocolPrefix.length);
}
