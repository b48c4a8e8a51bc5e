// The WebSocket of a console: how it is opened, and what its end means.
import { consoleCloseCodes } from '@/contract/console';
import { consoleProtocol, ticketProtocolPrefix } from '@/contract/paths';
import type { ErrorCode } from '@/contract/errors';
import type { ConsoleTicket } from '@/contract/schemas/instance';

/** Ends after which trying again by itself would be of no use; each is a message key under `console.ends`. */
export const consoleEnds = ['sessionEnded', 'rightLost', 'instanceGone'] as const;
export type ConsoleEnd = (typeof consoleEnds)[number];

/** The ticket travels as a subprotocol, so that no log of URLs ever holds one. */
export function openConsoleSocket({ ticket, path }: ConsoleTicket): WebSocket {
  const socket = new WebSocket(consoleSocketUrl(path, window.location.href), [
    consoleProtocol,
    ticketProtocolPrefix + ticket,
  ]);
  socket.binaryType = 'arraybuffer';
  return socket;
}

export function consoleSocketUrl(path: string, pageUrl: string): string {
  const page = new URL(pageUrl);
  const url = new URL(path, page);
  url.protocol = page.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

/** What a close code says; undefined where connecting again may help. */
export function endOfCloseCode(code: number): ConsoleEnd | undefined {
  return new Map<number, ConsoleEnd>([
    [consoleCloseCodes.sessionEnded, 'sessionEnded'],
    [consoleCloseCodes.rightLost, 'rightLost'],
    [consoleCloseCodes.instanceGone, 'instanceGone'],
  ]).get(code);
}

/** What a refused ticket says; undefined where asking again may help. */
export function endOfRefusal(code: ErrorCode): ConsoleEnd | undefined {
  return new Map<ErrorCode, ConsoleEnd>([
    ['unauthenticated', 'sessionEnded'],
    ['forbidden', 'rightLost'],
    ['not_found', 'instanceGone'],
  ]).get(code);
}
