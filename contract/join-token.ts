// The text of a join token, `<tokenId>.<secret>.<caFingerprint>`, and of what a join request's MAC is made over.
// Only text: both sides bring their own cryptography. Parts are base64url; the fingerprint is SHA-256 of the CA certificate's DER.
import type { AgentJoin } from './schemas/node';

export type JoinTokenParts = { tokenId: string; secret: string; caFingerprint: string };

const form = /^([A-Za-z0-9_-]{8,64})\.([A-Za-z0-9_-]{32,86})\.([A-Za-z0-9_-]{43})$/;

export function formatJoinToken({ tokenId, secret, caFingerprint }: JoinTokenParts): string {
  return `${tokenId}.${secret}.${caFingerprint}`;
}

/** undefined when the text is no join token. */
export function parseJoinToken(text: string): JoinTokenParts | undefined {
  const [, tokenId, secret, caFingerprint] = form.exec(text.trim()) ?? [];
  if (!tokenId || !secret || !caFingerprint) return undefined;
  return { tokenId, secret, caFingerprint };
}

/** What the MAC of a join request covers. */
export function joinMacText({ tokenId, name, address, csr }: Omit<AgentJoin, 'mac'>): string {
  return [tokenId, name, address, csr].join('\n');
}
