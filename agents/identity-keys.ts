// The agent's own keys and signing requests. Private keys are made here and never leave the node.
// @peculiar/x509 is loaded on need only: it would double the agent's start time, and a key is made a few times a year.

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export type KeyAndRequest = { key: string; csr: string };

/** A new P-256 key (PKCS #8 PEM) and a signing request for it (PEM). */
export async function makeKeyAndRequest(commonName: string): Promise<KeyAndRequest> {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(crypto);
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: `CN=${commonName}`,
    keys,
    signingAlgorithm: algorithm,
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'), csr: request.toString('pem') };
}
