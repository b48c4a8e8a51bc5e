// Who this node is: its id, where its control plane is, and key, certificate and CA as PEM files (mode 0600).
// `identity.json` names the files that belong together and is replaced last, so a crash leaves the old identity or the new one.
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { nodeTlsName, nodeUri } from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { readText, writeDurably } from './durable-file';

export type Identity = {
  nodeId: string;
  url: string;
  key: string;
  certificate: string;
  ca: string;
  /** Of the join token it was given for; absent where an older agent joined. */
  tokenId?: string;
};

const fileName = z.string().regex(/^[a-z0-9.-]+$/);
const IdentityFile = z.object({
  nodeId: Id,
  url: z.string(),
  tokenId: z.string().optional(),
  files: z.object({ key: fileName, certificate: fileName, ca: fileName }),
});

export type IdentityStore = {
  /** null when the node has not joined yet. */
  read(): Promise<Identity | null>;
  write(identity: Identity): Promise<void>;
  remove(): Promise<void>;
  /** A key whose certificate is still being made (join, renewal); kept so that a restart in between costs nothing. */
  readPending(): Promise<string | null>;
  writePending(text: string | null): Promise<void>;
};

export function createIdentityStore(dataDir: string): IdentityStore {
  const at = (name: string) => path.join(dataDir, name);
  const identityFile = at('identity.json');
  const pendingFile = at('pending-key.json');

  const readFileList = async () => {
    const text = await readText(identityFile);
    return text === null ? null : IdentityFile.parse(JSON.parse(text));
  };
  const needText = async (name: string) => {
    const text = await readText(at(name));
    if (text === null)
      throw new AppError('internal', `Cannot read the node's identity: ${at(name)} is missing`);
    return text;
  };

  return {
    read: async () => {
      const found = await readFileList();
      if (!found) return null;
      const { key, certificate, ca } = found.files;
      return {
        nodeId: found.nodeId,
        url: found.url,
        ...(found.tokenId !== undefined && { tokenId: found.tokenId }),
        key: await needText(key),
        certificate: await needText(certificate),
        ca: await needText(ca),
      };
    },
    write: async ({ nodeId, url, tokenId, key, certificate, ca }) => {
      const before = await readFileList();
      const mark = randomBytes(4).toString('hex');
      const files = { key: `node-${mark}.key`, certificate: `node-${mark}.pem`, ca: `ca-${mark}.pem` };
      await writeDurably(at(files.key), key);
      await writeDurably(at(files.certificate), certificate);
      await writeDurably(at(files.ca), ca);
      await writeDurably(identityFile, JSON.stringify({ nodeId, url, tokenId, files }, null, 2));
      for (const old of Object.values(before?.files ?? {})) await rm(at(old), { force: true });
    },
    remove: async () => {
      const before = await readFileList();
      await rm(identityFile, { force: true });
      for (const old of Object.values(before?.files ?? {})) await rm(at(old), { force: true });
      await rm(pendingFile, { force: true });
    },
    readPending: () => readText(pendingFile),
    writePending: (text) =>
      text === null ? rm(pendingFile, { force: true }) : writeDurably(pendingFile, text),
  };
}

/** Throws `invalid` unless the certificate is for this key and node and was signed by this CA. */
export function checkNodeCertificate({ nodeId, key, certificate, ca }: Omit<Identity, 'url'>): void {
  const refuse = (why: string, cause?: unknown) =>
    new AppError('invalid', `The node's certificate cannot be used: ${why}`, { cause });
  const [leaf, authority, privateKey] = (() => {
    try {
      return [new X509Certificate(certificate), new X509Certificate(ca), createPrivateKey(key)] as const;
    } catch (cause) {
      throw refuse('it cannot be read', cause);
    }
  })();
  if (!leaf.checkPrivateKey(privateKey)) throw refuse('it is for another key');
  if (!authority.ca || !leaf.checkIssued(authority) || !leaf.verify(authority.publicKey))
    throw refuse('it was not signed by the CA');
  const names = namesOf(leaf.subjectAltName);
  if (!names.includes(`DNS:${nodeTlsName(nodeId)}`) || !names.includes(`URI:${nodeUri(nodeId)}`))
    throw refuse('it is for another node');
}

/** Names of a certificate, as OpenSSL prints them (`DNS:…`, `URI:…`). Unusual ones are quoted by Node and so match nothing of ours. */
export function namesOf(subjectAltName: string | undefined): string[] {
  return subjectAltName?.split(', ') ?? [];
}
