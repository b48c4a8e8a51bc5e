// Loads @peculiar/x509 once, on first need: certificates are made rarely, and the library is the slowest part of a start.
import { randomBytes } from 'node:crypto';
import type * as X509 from '@peculiar/x509';

export const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

let loading: Promise<typeof X509> | undefined;

export function loadX509(): Promise<typeof X509> {
  loading ??= (async () => {
    await import('reflect-metadata');
    const x509 = await import('@peculiar/x509');
    x509.cryptoProvider.set(crypto);
    return x509;
  })();
  return loading;
}

export function makeKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

/** Positive and 120 random bits wide, as RFC 5280 wants serial numbers. */
export function makeSerialNumber(): string {
  return `00${randomBytes(15).toString('hex')}`;
}

export async function keyToPem(key: CryptoKey): Promise<string> {
  const { PemConverter } = await loadX509();
  return PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

export async function keyFromPem(pem: string): Promise<CryptoKey> {
  const { PemConverter } = await loadX509();
  return crypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(pem), keyAlgorithm, true, ['sign']);
}
