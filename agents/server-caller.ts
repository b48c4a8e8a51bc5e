// Who may talk to an agent: only the holder of a control plane certificate of the same CA. A node's certificate is refused.
import type { Server } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Duplex } from 'node:stream';
import { controlUri } from '@/contract/agent-calls';
import { namesOf } from './identity';
import type { Log } from './log';

const admitted = new WeakSet<Duplex>();

/** Cuts everyone else off as soon as the handshake is done; answers the set of connections that are open and admitted. */
export function admitCallers(server: Server, log: Log): Set<TLSSocket> {
  const sockets = new Set<TLSSocket>();
  server.on('secureConnection', (socket) => {
    if (!isControlPlane(socket)) {
      log(`refused a connection from ${socket.remoteAddress}: not the control plane`);
      socket.destroy();
      return;
    }
    admitted.add(socket);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

export function isAdmitted(socket: Duplex): socket is TLSSocket {
  return socket instanceof TLSSocket && admitted.has(socket);
}

function isControlPlane(socket: TLSSocket): boolean {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  return namesOf(certificate?.subjectAltName).includes(`URI:${controlUri}`);
}
