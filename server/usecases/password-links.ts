// One-time links with which a user sets a password. Only a token's hash is stored; a link works once, within 24 hours, and a newer one ends it.
import { createHash, randomBytes } from 'node:crypto';
import { fieldMessages } from '@/contract/field-messages';
import { AppError } from '@/contract/errors';
import { pages } from '@/contract/paths';
import type { PasswordLink, PasswordLinkInfo, PasswordSet } from '@/contract/schemas/user';
import { authorizeAnyone, type Ctx } from '../auth/authorize';
import { hashPassword } from '../auth/password';
import { recordRefusal } from '../auth/refusals';
import { endSessions } from '../auth/sessions';
import { recordAudit } from '../db/audit';
import type { Tx } from '../db/client';
import { isDuplicate, transact } from '../db/transact';
import { env } from '../env';
import { invalidField } from './invalid-field';

const lifetimeMs = 24 * 3_600_000;

/** `choosesLogin`: the link of the first operator, whose sign-in name is not chosen yet. */
export async function insertPasswordLink(
  tx: Tx,
  { userId, choosesLogin = false }: { userId: string; choosesLogin?: boolean },
): Promise<PasswordLink> {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = new Date(Date.now() + lifetimeMs);
  // Still the first operator's link when it replaces one that was.
  const { count } = await tx.passwordLink.deleteMany({ where: { userId, choosesLogin: true, usedAt: null } });
  await tx.passwordLink.deleteMany({ where: { userId } });
  await tx.passwordLink.create({
    data: { tokenHash: hashToken(token), userId, expiresAt, choosesLogin: choosesLogin || count > 0 },
  });
  return {
    url: new URL(pages.welcome(token), env().CORRAL_URL).toString(),
    expiresAt: expiresAt.toISOString(),
  };
}

export async function getPasswordLink(ctx: Ctx, { token }: { token: string }): Promise<PasswordLinkInfo> {
  await authorizeAnyone(ctx, 'password.set');
  const { choosesLogin, user } = await findLink(ctx, token);
  return { firstOperator: choosesLogin, login: choosesLogin ? null : user.login };
}

export async function setPassword(ctx: Ctx, input: PasswordSet): Promise<Record<string, never>> {
  await authorizeAnyone(ctx, 'password.set');
  const link = await findLink(ctx, input.token);
  const identity = identityOf(link, input);
  const passwordHash = await hashPassword(input.password);
  try {
    await transact(ctx.db, (tx) => redeemLink(tx, { link, data: { ...identity, passwordHash }, ctx }));
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw invalidField(['login'], fieldMessages.loginTaken);
  }
  return {};
}

type Link = Awaited<ReturnType<typeof findLink>>;

async function findLink({ db, actor, address }: Ctx, token: string) {
  const link = await db.passwordLink.findFirst({
    where: { ...usable(token), user: { disabled: false } },
    select: { tokenHash: true, choosesLogin: true, user: { select: { id: true, login: true, name: true } } },
  });
  if (link) return link;
  await recordRefusal(db, {
    ...{ action: 'password.set', outcome: 'failed', actor, address: actor?.address ?? address },
  });
  throw noLink();
}

/** Only the first operator, whose account has no name yet, chooses one. */
function identityOf(link: Link, { login, name }: PasswordSet): { login?: string; name?: string } {
  if (!link.choosesLogin) return {};
  if (!login) throw invalidField(['login'], fieldMessages.loginMissing);
  return { login, name: name ?? login };
}

type Redemption = { link: Link; data: { login?: string; name?: string; passwordHash: string }; ctx: Ctx };

async function redeemLink(tx: Tx, { link, data, ctx }: Redemption): Promise<void> {
  const { id } = link.user;
  const { count } = await tx.passwordLink.updateMany({
    where: { tokenHash: link.tokenHash, usedAt: null, expiresAt: { gt: new Date() } },
    data: { usedAt: new Date() },
  });
  if (count === 0) throw noLink();
  const user = await tx.user.update({ where: { id }, data, select: { login: true, name: true } });
  await tx.passwordLink.deleteMany({ where: { userId: id, usedAt: null } });
  await recordAudit(tx, {
    action: 'password.set',
    outcome: 'done',
    actor: { userId: id, name: user.name },
    address: ctx.actor?.address ?? ctx.address,
    target: { kind: 'user', id, name: user.login },
  });
  await endSessions(tx, { userId: id });
}

function usable(token: string) {
  return { tokenHash: hashToken(token), usedAt: null, expiresAt: { gt: new Date() } };
}

function noLink(): AppError {
  return new AppError('not_found', 'This link was used or has expired; ask an operator for a new one');
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
