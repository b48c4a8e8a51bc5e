// A connection between two agents for one use, in TLS with a key that is made for it and handed over by the control plane: nobody without the key
// is let in or reads along (a node's certificate is for serving only, so it could not prove who sends).
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import { AppError } from '@/contract/errors';
import { ffdhe3072 } from './ffdhe3072';

/**
 * With secrecy of what was sent before a key leaks, and with the cipher that processors have instructions for. A guest's whole memory goes through
 * it: keys of 256 bits would cost a third more, and nobody can search through those of 128.
 */
const options = {
  ciphers: 'DHE-PSK-AES128-GCM-SHA256',
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.2',
} as const;
const owner = 'corral';
const connectMs = 20_000;
/** A node that lost its power says nothing: whoever waits for its word has to ask. Ten answers may be missing after that, one second apart (libuv). */
const askAfterMs = 10_000;

export type TunnelDoor = { host: string; port: number; key: string };

export type OpenTunnel = {
  door: TunnelDoor;
  /** The first who has the key; the door is closed behind them. Rejects when it is closed before. */
  visitor: Promise<TLSSocket>;
  close(): void;
};

/** Listens at a port that is free. Who has no key is turned away, and others may still come. */
export async function openTunnel(address: string): Promise<OpenTunnel> {
  const key = randomBytes(32);
  const server: Server = createServer({ ...options, dhparam: ffdhe3072.pem, pskCallback: () => key });
  server.on('tlsClientError', () => {});
  const visitor = new Promise<TLSSocket>((resolve, reject) => {
    server.once('secureConnection', (socket) => {
      server.close();
      socket.setKeepAlive(true, askAfterMs);
      resolve(socket);
    });
    server.once('close', () => reject(new AppError('canceled', 'Nobody came through the tunnel')));
  });
  visitor.catch(() => {});
  server.listen(0, address);
  await once(server, 'listening');
  const listening = server.address();
  if (listening === null || typeof listening === 'string')
    throw new AppError('internal', 'The tunnel does not tell where it listens');
  return {
    door: { host: address, port: listening.port, key: key.toString('hex') },
    visitor,
    close: () => void server.close(),
  };
}

export async function enterTunnel({ host, port, key }: TunnelDoor): Promise<TLSSocket> {
  const psk = Buffer.from(key, 'hex');
  const socket = connect({
    ...options,
    ...{ host, port, timeout: connectMs, minDHSize: ffdhe3072.bits },
    pskCallback: () => ({ psk, identity: owner }),
    // Who has the key is who made the door; there is no name to check.
    checkServerIdentity: () => undefined,
  });
  const tooLong = () => socket.destroy(new Error('it does not answer'));
  socket.once('timeout', tooLong);
  try {
    await once(socket, 'secureConnect');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('tool_failed', `The other node at ${host}:${port} lets nobody in: ${why}`, { cause });
  }
  socket.off('timeout', tooLong);
  socket.setTimeout(0);
  socket.setKeepAlive(true, askAfterMs);
  return socket;
}
