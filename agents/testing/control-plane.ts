// A control plane that can do nothing but enrol nodes, with the real certificate code, for tests of agents that join.
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { api } from '@/contract/paths';
import { AgentJoin } from '@/contract/schemas/node';
import { createAgentClient, type AgentClient, type AgentCredentials } from '@/server/agents/agent-client';
import {
  createCa,
  createControlCertificate,
  createJoinToken,
  signNodeCertificate,
  verifyJoinMac,
  type CertificateAndKey,
} from '@/server/agents/ca';

export type StubControlPlane = {
  readonly url: string;
  readonly ca: CertificateAndKey;
  readonly credentials: AgentCredentials;
  readonly client: AgentClient;
  readonly joined: (AgentJoin & { nodeId: string })[];
  makeToken(): string;
  /** The next requests are answered with these statuses and nothing else. */
  failNext(...statuses: number[]): void;
  /** Answers with the file at this path. */
  offer(path: string, file: string): void;
  /** Answers with another CA than the tokens promise. */
  impersonate(ca: CertificateAndKey): void;
  close(): Promise<void>;
};

export async function startControlPlane(): Promise<StubControlPlane> {
  const ca = await createCa();
  const control = await createControlCertificate(ca);
  const credentials = { controlCert: control.certificate, controlKey: control.key, ca: ca.certificate };
  const client = createAgentClient(credentials);
  const secrets = new Map<string, string>();
  const joined: StubControlPlane['joined'] = [];
  const failures: number[] = [];
  const offered = new Map<string, string>();
  let signer = ca;

  const enrol = async (body: unknown): Promise<{ status: number; answer: object }> => {
    const failure = failures.shift();
    if (failure) return { status: failure, answer: {} };
    const request = AgentJoin.parse(body);
    const secretHash = secrets.get(request.tokenId);
    const refuse = (message: string) => ({ status: 403, answer: { code: 'forbidden', message } });
    if (!secretHash || !verifyJoinMac(secretHash, request)) return refuse('The join token is not known.');
    secrets.delete(request.tokenId);
    const nodeId = randomUUID();
    const certificate = await signNodeCertificate({ ca: signer, csrPem: request.csr, nodeId });
    joined.push({ ...request, nodeId });
    return { status: 201, answer: { nodeId, certificate, ca: signer.certificate, jobId: joined.length } };
  };
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const file = offered.get(request.url ?? '');
      if (file !== undefined) return createReadStream(file).pipe(response);
      if (request.url !== api.agentJoin()) return response.writeHead(404).end();
      enrol(JSON.parse(text)).then(
        ({ status, answer }) => response.writeHead(status).end(JSON.stringify(answer)),
        (error: unknown) => response.writeHead(400).end(String(error)),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server's address is never a pipe's name.
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    ca,
    credentials,
    client,
    joined,
    makeToken: () => {
      const { token, tokenId, secretHash } = createJoinToken(ca.certificate);
      secrets.set(tokenId, secretHash);
      return token;
    },
    failNext: (...statuses) => void failures.push(...statuses),
    offer: (path, file) => void offered.set(path, file),
    impersonate: (other) => void (signer = other),
    close: async () => {
      await client.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
