// Which WebSocket upgrades the web process answers. Invariant: each is answered once, by the door at its path, and where there is none it is ended.
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { consoleSocketPath } from '@/contract/paths';
import type { ConsoleRelay } from './console/relay';

export type UpgradeDoor = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** All of them, by path. */
export function upgradeDoors(relay: Pick<ConsoleRelay, 'handleUpgrade'>): Map<string, UpgradeDoor> {
  return new Map([[consoleSocketPath, (...upgrade) => relay.handleUpgrade(...upgrade)]]);
}

export type UpgradeAnswers = {
  doors: Map<string, UpgradeDoor>;
  stamp: (request: IncomingMessage) => void;
  /** What listens there gets all other upgrades: Next's own socket, which reloads pages while they are developed. */
  others: Server | null;
};

export function answerUpgrades(server: Server, { doors, stamp, others }: UpgradeAnswers): void {
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    stamp(request);
    const door = doors.get(pathOf(request) ?? '');
    if (door) door(request, socket, head);
    else if (!others?.emit('upgrade', request, socket, head)) socket.destroy();
  });
}

function pathOf({ url = '' }: IncomingMessage): string | null {
  return URL.canParse(url, 'http://web') ? new URL(url, 'http://web').pathname : null;
}
