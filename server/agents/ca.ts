// The cluster's certificate authority and the tokens that nodes join with, as pure functions: who stores them is not its business.
// Only the hash of a token's secret is kept, and it is the key of the join request's MAC.
// Node certificates serve (serverAuth) and the control plane's calls (clientAuth), so neither can stand in for the other.
import { createHash, createHmac, randomBytes, timingSafeEqual, X509Certificate } from 'node:crypto';
import type { ExtendedKeyUsage, JsonGeneralNames, PublicKey as X509PublicKey } from '@peculiar/x509';
import { controlTlsName, controlUri, nodeTlsName, nodeUri } from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';
import { formatJoinToken, joinMacText } from '@/contract/join-token';
import type { AgentJoin } from '@/contract/schemas/node';
import { keyAlgorithm, keyFromPem, keyToPem, loadX509, makeKeys, makeSerialNumber } from './x509';

/** A certificate and its private key (PKCS #8), both PEM. */
export type CertificateAndKey = { certificate: string; key: string };

export const nodeCertificateDays = 90;

const dayMs = 86_400_000;
const caDays = 3_650;
const controlDays = 365;
// Certificates are valid from a little earlier, so that a node whose clock is behind can use a new one at once.
const backdatedMs = 3_600_000;

/** A new self-signed CA, valid for ten years. */
export async function createCa(): Promise<CertificateAndKey> {
  const x509 = await loadX509();
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: makeSerialNumber(),
    name: `CN=Corral CA ${makeSerialNumber().slice(-8)}`,
    ...validity(caDays),
    signingAlgorithm: keyAlgorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await keyToPem(keys.privateKey) };
}

/** SHA-256 of the CA certificate's DER, base64url: the last part of a join token. */
export function caFingerprint(caCertificate: string): string {
  const hex = new X509Certificate(caCertificate).fingerprint256.replaceAll(':', '');
  return Buffer.from(hex, 'hex').toString('base64url');
}

type SignRequest = { ca: CertificateAndKey; csrPem: string; nodeId: string; days?: number };

/** Signs a node's request. Only the public key is taken from it: names come from `nodeId`. */
export async function signNodeCertificate({ ca, csrPem, nodeId, days }: SignRequest): Promise<string> {
  const x509 = await loadX509();
  const publicKey = await checkedPublicKey(csrPem);
  return signLeaf({
    ca,
    publicKey,
    subject: `CN=${nodeId}`,
    days: days ?? nodeCertificateDays,
    usage: x509.ExtendedKeyUsage.serverAuth,
    names: [
      { type: 'dns', value: nodeTlsName(nodeId) },
      { type: 'url', value: nodeUri(nodeId) },
    ],
  });
}

/** The certificate that the control plane calls agents with. */
export async function createControlCertificate(
  ca: CertificateAndKey,
  days = controlDays,
): Promise<CertificateAndKey> {
  const x509 = await loadX509();
  const keys = await makeKeys();
  const certificate = await signLeaf({
    ca,
    publicKey: keys.publicKey,
    subject: 'CN=Corral control plane',
    days,
    usage: x509.ExtendedKeyUsage.clientAuth,
    names: [
      { type: 'dns', value: controlTlsName },
      { type: 'url', value: controlUri },
    ],
  });
  return { certificate, key: await keyToPem(keys.privateKey) };
}

/** `token` is shown once; `tokenId` and `secretHash` (hex) are what to store. */
export function createJoinToken(caCertificate: string): {
  token: string;
  tokenId: string;
  secretHash: string;
} {
  // Hex, because the token begins with it and is typed as an argument: a dash in front would make it an option.
  const tokenId = randomBytes(9).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  const token = formatJoinToken({ tokenId, secret, caFingerprint: caFingerprint(caCertificate) });
  return { token, tokenId, secretHash: createHash('sha256').update(secret).digest('hex') };
}

/** The MAC (hex) that a join request with these fields must carry. */
export function joinMac(secretHash: string, fields: Omit<AgentJoin, 'mac'>): string {
  return createHmac('sha256', Buffer.from(secretHash, 'hex')).update(joinMacText(fields)).digest('hex');
}

export function verifyJoinMac(secretHash: string, join: AgentJoin): boolean {
  const expected = Buffer.from(joinMac(secretHash, join), 'hex');
  const given = Buffer.from(join.mac, 'hex');
  return expected.length === given.length && timingSafeEqual(expected, given);
}

type PublicKey = CryptoKey | X509PublicKey;

async function checkedPublicKey(csrPem: string): Promise<PublicKey> {
  const { Pkcs10CertificateRequest } = await loadX509();
  try {
    const request = new Pkcs10CertificateRequest(csrPem);
    if (await request.verify()) return request.publicKey;
  } catch (cause) {
    throw new AppError('invalid', 'The certificate signing request cannot be read', { cause });
  }
  throw new AppError('invalid', 'The certificate signing request is not signed by its own key');
}

type Leaf = {
  ca: CertificateAndKey;
  publicKey: PublicKey;
  subject: string;
  days: number;
  usage: ExtendedKeyUsage;
  names: JsonGeneralNames;
};

async function signLeaf({ ca, publicKey, subject, days, usage, names }: Leaf): Promise<string> {
  const x509 = await loadX509();
  const issuer = new x509.X509Certificate(ca.certificate);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: makeSerialNumber(),
    subject,
    issuer: issuer.subject,
    ...validity(days),
    publicKey,
    signingKey: await keyFromPem(ca.key),
    signingAlgorithm: keyAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage]),
      new x509.SubjectAlternativeNameExtension(names),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return certificate.toString('pem');
}

function validity(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - backdatedMs), notAfter: new Date(now + days * dayMs) };
}
