import { createHash, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { makeKeyAndRequest } from '@/agents/identity-keys';
import { checkNodeCertificate } from '@/agents/identity';
import { parseJoinToken } from '@/contract/join-token';
import {
  caFingerprint,
  createCa,
  createControlCertificate,
  createJoinToken,
  joinMac,
  signNodeCertificate,
  verifyJoinMac,
} from './ca';

const nodeId = '11111111-1111-4111-8111-111111111111';
const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';

it('signs a node certificate that serves for ninety days and cannot call', async () => {
  const ca = await createCa();
  const { key, csr } = await makeKeyAndRequest('whatever the node says');
  const certificate = await signNodeCertificate({ ca, csrPem: csr, nodeId });
  checkNodeCertificate({ nodeId, key, certificate, ca: ca.certificate });
  const leaf = new X509Certificate(certificate);
  expect(leaf.keyUsage).toEqual([serverAuth]);
  expect(leaf.subject).toBe(`CN=${nodeId}`);
  const days = (Date.parse(leaf.validTo) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(89.9);
  expect(days).toBeLessThan(90.1);
});

it('makes a control certificate that calls and cannot serve', async () => {
  const { certificate } = await createControlCertificate(await createCa());
  const leaf = new X509Certificate(certificate);
  expect(leaf.keyUsage).toEqual([clientAuth]);
  expect(leaf.subjectAltName).toBe('DNS:control.corral, URI:spiffe://corral/control');
});

it.each(['', 'no request', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n'])(
  'refuses "%s" as a signing request',
  async (csrPem) => {
    const ca = await createCa();
    await expect(signNodeCertificate({ ca, csrPem, nodeId })).rejects.toMatchObject({ code: 'invalid' });
  },
);

it('finds a certificate of another CA, key or node out', async () => {
  const [ca, other] = [await createCa(), await createCa()];
  const { key, csr } = await makeKeyAndRequest('node');
  const certificate = await signNodeCertificate({ ca, csrPem: csr, nodeId });
  const good = { nodeId, key, certificate, ca: ca.certificate };
  const otherKey = (await makeKeyAndRequest('node')).key;
  const otherId = '22222222-2222-4222-8222-222222222222';
  expect(() => checkNodeCertificate({ ...good, ca: other.certificate })).toThrow('not signed by the CA');
  expect(() => checkNodeCertificate({ ...good, key: otherKey })).toThrow('for another key');
  expect(() => checkNodeCertificate({ ...good, nodeId: otherId })).toThrow('for another node');
  expect(() => checkNodeCertificate({ ...good, certificate: 'x' })).toThrow('cannot be read');
});

it('makes tokens that no command line takes for an option', async () => {
  const ca = await createCa();
  const tokens = Array.from({ length: 500 }, () => createJoinToken(ca.certificate).token);
  expect(tokens.filter((token) => !/^[0-9a-f]/.test(token))).toEqual([]);
});

it('makes tokens of which only the hash of the secret need be kept', async () => {
  const ca = await createCa();
  const { token, tokenId, secretHash } = createJoinToken(ca.certificate);
  const parts = parseJoinToken(token);
  expect(parts).toMatchObject({ tokenId, caFingerprint: caFingerprint(ca.certificate) });
  expect(
    createHash('sha256')
      .update(parts?.secret ?? '')
      .digest('hex'),
  ).toBe(secretHash);
  const fields = { tokenId, name: 'node1', address: '10.0.0.1:4400', csr: 'csr' };
  const mac = joinMac(secretHash, fields);
  expect(verifyJoinMac(secretHash, { ...fields, mac })).toBe(true);
  expect(verifyJoinMac(secretHash, { ...fields, address: '10.0.0.2:4400', mac })).toBe(false);
  expect(verifyJoinMac(secretHash, { ...fields, mac: mac.slice(2) })).toBe(false);
});
