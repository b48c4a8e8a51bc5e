// Opens TLS connections to agents. Invariant: a connection is handed out only when the certificates have proven that the dialled machine is
// this node; the server name is the node's own.
import { X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { nodeTlsName } from '@/contract/agent-calls';

export type AgentAddress = { id: string; name: string; address: string };
export type AgentCredentials = { controlCert: string; controlKey: string; ca: string };

export type Dial = {
  node: AgentAddress;
  credentials: AgentCredentials;
  /** For all of it, the TLS handshake included. */
  connectMs: number;
  /** Takes a certificate that has ended for good, when nothing else is wrong with it. */
  mayHaveExpired?: boolean;
};

/** Notices after a while that the machine at the other end was started again. */
const keepAliveMs = 15_000;
const serverAuth = '1.3.6.1.5.5.7.3.1';

export function dialNode({ node, credentials, connectMs, mayHaveExpired = false }: Dial): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...splitAddress(node.address),
      ca: credentials.ca,
      cert: credentials.controlCert,
      key: credentials.controlKey,
      servername: nodeTlsName(node.id),
      minVersion: 'TLSv1.3',
      rejectUnauthorized: !mayHaveExpired,
    });
    socket.setKeepAlive(true, keepAliveMs).setNoDelay(true);
    const timer = setTimeout(() => socket.destroy(new Error('it did not answer in time')), connectMs);
    socket.once('close', () => clearTimeout(timer));
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      if (!socket.authorized && !hasOnlyExpired(socket, { node, ca: credentials.ca }))
        return socket.destroy(refusal(socket));
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/**
 * All that TLS checks but the time. OpenSSL names only one of several faults, so that it named the time proves nothing of the rest; that the
 * machine has the certificate's key is proven by the handshake itself.
 */
function hasOnlyExpired(socket: TLSSocket, { node, ca }: { node: AgentAddress; ca: string }): boolean {
  const leaf = socket.getPeerX509Certificate();
  if (!leaf || codeOf(socket) !== 'CERT_HAS_EXPIRED') return false;
  const authority = new X509Certificate(ca);
  return (
    new Date(authority.validTo) > new Date() &&
    !leaf.ca &&
    leaf.checkIssued(authority) &&
    leaf.verify(authority.publicKey) &&
    leaf.keyUsage.includes(serverAuth) &&
    leaf.checkHost(nodeTlsName(node.id), { subject: 'never' }) !== undefined
  );
}

function refusal(socket: TLSSocket): Error {
  const code = codeOf(socket);
  return Object.assign(new Error(`its certificate is refused: ${code}`), { code });
}

/** Declared as an Error, but OpenSSL's name of the fault. */
const codeOf = (socket: TLSSocket) => String(socket.authorizationError);

/** "host:port", "[v6]:port". */
function splitAddress(address: string): { host: string; port: number } {
  const at = address.lastIndexOf(':');
  const bare = address.slice(0, at).replace(/^\[(.*)\]$/, '$1');
  return { host: isIPv6(bare) ? bare : address.slice(0, at), port: Number(address.slice(at + 1)) };
}
