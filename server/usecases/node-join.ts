// Enrolling nodes. Invariant: a join token works once, within the hour, and for who knows its secret, which never travels.
import { createHash } from 'node:crypto';
import { AppError } from '@/contract/errors';
import type { AgentJoin, AgentJoined, JoinToken, JoinTokenCreate } from '@/contract/schemas/node';
import {
  createJoinToken as makeToken,
  nodeCertificateDays,
  signNodeCertificate,
  verifyJoinMac,
} from '../agents/ca';
import { loadControlIdentity } from '../agents/control-identity';
import { authorize, authorizeAnyone, notFound, type Ctx } from '../auth/authorize';
import { recordRefusal } from '../auth/refusals';
import { admitJoin, forgetFailures, tooManyAttempts } from '../auth/sign-in-limit';
import { recordAudit } from '../db/audit';
import type { Queryable, Tx } from '../db/client';
import { forgetWhatWasOnNode } from '../db/node-reinstalled';
import { isDuplicate, transact } from '../db/transact';
import { env } from '../env';
import { publish } from '../events/publish';
import { makeInstallCommand } from '../install/command';
import { refuseIfBusy, submitJob } from '../jobs/submit';
import { lockNode } from './nodes';

const lifetimeMs = 3_600_000;

/** Shown once: only a hash of the secret is kept. */
export async function createJoinToken(ctx: Ctx, { clusterId, nodeId }: JoinTokenCreate): Promise<JoinToken> {
  const actor = await authorize(ctx, 'node.join');
  const { ca } = await loadControlIdentity(ctx.db, env().CORRAL_SECRET);
  const commandWith = await makeInstallCommand();
  return transact(ctx.db, async (tx) => {
    const cluster = await tx.cluster.findUnique({ where: { id: clusterId }, select: { name: true } });
    if (!cluster) throw notFound({ kind: 'cluster', id: clusterId });
    const node = nodeId === undefined ? null : await needOffline(tx, { clusterId, nodeId });
    const createdById = actor.userId;
    const { token, tokenId, expiresAt } = await insertJoinToken(tx, {
      ...{ clusterId, createdById, ca, forNodeId: nodeId ?? null },
    });
    await recordAudit(tx, {
      ...{ action: 'node.join', outcome: 'accepted', actor, address: actor.address },
      target: node
        ? { kind: 'node', id: node.id, name: node.name }
        : { kind: 'cluster', id: clusterId, name: cluster.name },
      details: { tokenId },
    });
    return { token, command: commandWith(token), expiresAt: expiresAt.toISOString() };
  });
}

type NewToken = {
  clusterId: string;
  createdById: string | null;
  ca: { certificate: string };
  /** The offline node that comes back with it. */
  forNodeId?: string | null;
};

export async function insertJoinToken(db: Queryable, { ca, ...owner }: NewToken) {
  const { token, tokenId, secretHash } = makeToken(ca.certificate);
  const expiresAt = new Date(Date.now() + lifetimeMs);
  await db.joinToken.create({ data: { id: tokenId, secretHash, expiresAt, ...owner } });
  return { token, tokenId, expiresAt };
}

/** What an agent asks for with a token: its certificate, and a job that brings the node into the cluster. */
export async function joinNode(ctx: Ctx, join: AgentJoin): Promise<AgentJoined> {
  await authorizeAnyone(ctx, 'agent.join');
  const address = ctx.actor?.address ?? ctx.address ?? null;
  const admission = await admitJoin(ctx.db, address);
  if (!admission.admitted) throw tooManyAttempts(admission.minutes);
  const token = await ctx.db.joinToken.findUnique({ where: { id: join.tokenId } });
  if (!token) throw badToken();
  const joined = verifyJoinMac(token.secretHash, join) ? await redeemToken(ctx, { join, token }) : null;
  if (!joined) {
    const details = { name: join.name, address: join.address, tokenId: token.id };
    await recordRefusal(ctx.db, { action: 'agent.join', outcome: 'refused', address, details });
    throw badToken();
  }
  await forgetFailures(ctx.db, admission.attempt);
  return joined;
}

/** null: used for another node, or expired. */
async function redeemToken(ctx: Ctx, { join, token }: Omit<Enrolment, 'ca'>): Promise<AgentJoined | null> {
  const { ca } = await loadControlIdentity(ctx.db, env().CORRAL_SECRET);
  try {
    return await transact(ctx.db, async (tx) => {
      const taken = await takeToken(tx, token.id, hashOf(join.csr));
      return taken ? enrol(tx, { ctx, join, token, ca }) : answerAgain(tx, { join, token, ca });
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new AppError(
      'already_exists',
      `Cannot join ${join.name}: a node of this name exists; remove it first`,
    );
  }
}

type Enrolment = {
  join: AgentJoin;
  token: { id: string; clusterId: string; createdById: string | null; forNodeId: string | null };
  ca: Parameters<typeof signNodeCertificate>[0]['ca'];
};

async function enrol(tx: Tx, { ctx, join, token, ca }: Enrolment & { ctx: Ctx }): Promise<AgentJoined> {
  const { name, address } = join;
  const { clusterId, createdById } = token;
  const isBack = token.forNodeId !== null;
  const nodeId =
    token.forNodeId === null
      ? (await tx.node.create({ data: { clusterId, name, address }, select: { id: true } })).id
      : await takeBack(tx, { nodeId: token.forNodeId, name, address });
  await tx.joinToken.update({ where: { id: token.id }, data: { nodeId } });
  const certificate = await signNodeCertificate({ ca, csrPem: join.csr, nodeId });
  const target = { kind: 'node', id: nodeId, name } as const;
  const jobId = await submitJob(tx, {
    ...{ params: { nodeId }, target, clusterId, ownerId: null, createdById },
    operation: isBack ? 'node.setOnline' : 'node.join',
  });
  await recordAudit(tx, {
    ...{ action: 'agent.join', outcome: 'accepted', address: ctx.address, target, jobId },
    details: { address, tokenId: join.tokenId },
  });
  await publish(tx, { kind: 'node', id: nodeId }, { kind: 'cluster', id: clusterId });
  return { nodeId, certificate, ca: ca.certificate, jobId };
}

/** The node of a machine that was installed anew: what it is called and where it belongs stays, what lay on it is gone. */
async function takeBack(
  tx: Tx,
  { nodeId, name, address }: { nodeId: string; name: string; address: string },
): Promise<string> {
  const node = await lockNode(tx, nodeId);
  if (node.name !== name)
    throw new AppError('wrong_state', `Cannot join ${name}: this token is for the machine of ${node.name}`);
  requireOffline(node);
  await refuseIfBusy(tx, { id: nodeId, name });
  const certificateExpiresAt = new Date(Date.now() + nodeCertificateDays * 86_400_000);
  await forgetWhatWasOnNode(tx, { nodeId, address, certificateExpiresAt });
  return nodeId;
}

async function needOffline(tx: Tx, { clusterId, nodeId }: { clusterId: string; nodeId: string }) {
  const node = await tx.node.findFirst({ where: { id: nodeId, clusterId } });
  if (!node) throw notFound({ kind: 'node', id: nodeId });
  requireOffline(node);
  return node;
}

/** Of another one, instances may still run on its machine. */
function requireOffline({ name, state }: { name: string; state: string }): void {
  if (state === 'offline') return;
  throw new AppError('wrong_state', `Cannot add ${name} again: it is ${state}, not offline`);
}

/** The same agent, with the same key, whose answer was lost on the way. Anybody else finds the token used. */
async function answerAgain(tx: Tx, { join, token, ca }: Enrolment): Promise<AgentJoined | null> {
  const row = await tx.joinToken.findFirst({
    where: { id: token.id, csrHash: hashOf(join.csr), expiresAt: { gt: new Date() } },
    select: { nodeId: true },
  });
  const nodeId = row?.nodeId;
  const { name, address } = join;
  const node = nodeId && (await tx.node.findFirst({ where: { id: nodeId, name, address, seenAt: null } }));
  const job =
    nodeId &&
    (await tx.job.findFirst({
      where: { targetId: nodeId, operation: { in: ['node.join', 'node.setOnline'] } },
      orderBy: { id: 'desc' },
    }));
  if (!nodeId || !node || !job) return null;
  const certificate = await signNodeCertificate({ ca, csrPem: join.csr, nodeId });
  return { nodeId, certificate, ca: ca.certificate, jobId: job.id };
}

/** Of two requests with the same token at the same moment, one gets it. */
async function takeToken(tx: Tx, id: string, csrHash: string): Promise<boolean> {
  const { count } = await tx.joinToken.updateMany({
    where: { id, usedAt: null, expiresAt: { gt: new Date() } },
    data: { usedAt: new Date(), csrHash },
  });
  return count > 0;
}

function hashOf(csr: string): string {
  return createHash('sha256').update(csr).digest('hex');
}

function badToken(): AppError {
  return new AppError('forbidden', 'This join token is wrong, used or has expired; make a new one');
}
