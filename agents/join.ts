// How an agent becomes a node: it proves knowledge of a token's secret without sending it, and trusts nothing in the answer that the
// token's CA fingerprint does not vouch for. So the exchange is safe also over a connection that nobody vouches for.
import { createHash, createHmac, X509Certificate } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { AppError, ErrorBody } from '@/contract/errors';
import { joinMacText, parseJoinToken, type JoinTokenParts } from '@/contract/join-token';
import { api } from '@/contract/paths';
import { AgentJoined } from '@/contract/schemas/node';
import { checkNodeCertificate, type Identity, type IdentityStore } from './identity';
import { makeKeyAndRequest, type KeyAndRequest } from './identity-keys';
import { postJson, type PostAnswer } from './join-request';
import { wordsOf, type Log } from './log';

export type JoinRequest = {
  token: string;
  url: string;
  name: string;
  /** host:port where the control plane reaches this agent. */
  address: string;
  store: IdentityStore;
  log: Log;
  signal?: AbortSignal;
  backOffMs?: { first: number; most: number };
};

const PendingJoin = z.object({ tokenId: z.string(), key: z.string(), csr: z.string() });

/** Joins and stores the identity. Tries again while the control plane does not answer; throws when it refuses. */
export async function join(request: JoinRequest): Promise<Identity> {
  const token = parseJoinToken(request.token);
  if (!token) throw new AppError('invalid', 'Cannot join: the join token is not complete');
  const { key, csr } = await pendingKey(request.store, token.tokenId);
  const fields = { tokenId: token.tokenId, name: request.name, address: request.address, csr };
  const joined = await askUntilAnswered(request, { ...fields, mac: macOf(token, fields) });
  if (fingerprintOf(joined.ca) !== token.caFingerprint)
    throw new AppError(
      'forbidden',
      `Cannot join: ${request.url} is not the control plane that made the token`,
    );
  const { nodeId, certificate, ca } = joined;
  checkNodeCertificate({ nodeId, key, certificate, ca });
  const identity = { nodeId, url: request.url, tokenId: token.tokenId, key, certificate, ca };
  await request.store.write(identity);
  await request.store.writePending(null);
  return identity;
}

/** The same token asks with the same key again, so that an answer lost on the way can be asked for once more. */
async function pendingKey(store: IdentityStore, tokenId: string): Promise<KeyAndRequest> {
  const text = await store.readPending();
  const kept = text === null ? undefined : PendingJoin.safeParse(JSON.parse(text)).data;
  if (kept?.tokenId === tokenId) return { key: kept.key, csr: kept.csr };
  const made = await makeKeyAndRequest('joining node');
  await store.writePending(JSON.stringify({ tokenId, ...made }));
  return made;
}

function macOf(token: JoinTokenParts, fields: Parameters<typeof joinMacText>[0]): string {
  const key = createHash('sha256').update(token.secret).digest();
  return createHmac('sha256', key).update(joinMacText(fields)).digest('hex');
}

function fingerprintOf(certificate: string): string {
  try {
    const hex = new X509Certificate(certificate).fingerprint256.replaceAll(':', '');
    return Buffer.from(hex, 'hex').toString('base64url');
  } catch {
    return '';
  }
}

async function askUntilAnswered(request: JoinRequest, body: object): Promise<AgentJoined> {
  const { first, most } = request.backOffMs ?? { first: 1_000, most: 30_000 };
  for (let waitMs = first; ; waitMs = Math.min(waitMs * 2, most)) {
    const answer = await ask(request, body);
    if (answer.kind === 'answered') {
      const problem = describeClockSkew(answer.dateMs === null ? 0 : Date.now() - answer.dateMs);
      if (problem !== null) request.log(problem);
      return readAnswer(answer, request.url);
    }
    request.log(
      `Cannot reach the control plane at ${request.url}: ${answer.why}; trying again in ${waitMs} ms`,
    );
    await delay(waitMs, undefined, { signal: request.signal });
  }
}

type Asked = ({ kind: 'answered' } & PostAnswer) | { kind: 'unreachable'; why: string };

async function ask({ url, signal }: JoinRequest, body: object): Promise<Asked> {
  try {
    const answer = await postJson({ url: new URL(api.agentJoin(), url), body, signal });
    const later = answer.status === 429 || [500, 502, 503, 504].includes(answer.status);
    if (later) return { kind: 'unreachable', why: `it answered ${answer.status}` };
    return { kind: 'answered', ...answer };
  } catch (error) {
    signal?.throwIfAborted();
    return { kind: 'unreachable', why: wordsOf(error) };
  }
}

const tellsFromMs = 5_000;

/** What is wrong with this machine's clock; null when nothing is worth telling. Certificates and logs go wrong with it. */
export function describeClockSkew(skewMs: number): string | null {
  if (Math.abs(skewMs) < tellsFromMs) return null;
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return `the clock of this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} that of the console`;
}

function readAnswer({ status, text }: PostAnswer, url: string): AgentJoined {
  const json = parseJson(text);
  if (status >= 200 && status < 300) {
    const joined = AgentJoined.safeParse(json);
    if (joined.success) return joined.data;
    throw new AppError('invalid', `Cannot join: ${url} answered something else than a control plane would`);
  }
  const problem = ErrorBody.safeParse(json);
  const why = problem.success ? problem.data.message : `status ${status}`;
  throw new AppError(problem.success ? problem.data.code : 'forbidden', `Cannot join: ${why}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
