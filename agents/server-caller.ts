// Who may talk to an agent: only the holder of a control plane certificate of the same CA. A node's certificate is refused.
import { TLSSocket } from 'node:tls';
import type { Duplex } from 'node:stream';
import { controlUri } from '@/contract/agent-calls';
import { namesOf } from './identity';

const admitted = new WeakSet<Duplex>();

/** Call once when the TLS handshake is done; false means: close it. */
export function admitCaller(socket: TLSSocket): boolean {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  if (!namesOf(certificate?.subjectAltName).includes(`URI:${controlUri}`)) return false;
  admitted.add(socket);
  return true;
}

/** True for the connections that `admitCaller` admitted. */
export function isAdmitted(socket: Duplex): socket is TLSSocket {
  return socket instanceof TLSSocket && admitted.has(socket);
}
