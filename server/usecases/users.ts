import { AppError } from '@/contract/errors';
import { fieldMessages } from '@/contract/field-messages';
import type {
  User,
  UserCreate,
  UserCreated,
  UserListQuery,
  UserPage,
  UserUpdate,
  PasswordLink,
} from '@/contract/schemas/user';
import type { Actor } from '../auth/actor';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { endSessions } from '../auth/sessions';
import { recordAudit } from '../db/audit';
import type { Tx } from '../db/client';
import { isDuplicate, transact } from '../db/transact';
import { listUserViews, loadUsers } from '../db/users';
import { publish } from '../events/publish';
import { cancelPendingJobs } from '../jobs/submit';
import { insertPasswordLink } from './password-links';

export async function listUsers(ctx: Ctx, query: UserListQuery): Promise<UserPage> {
  await authorize(ctx, 'user.list');
  const { items, total } = await listUserViews(ctx.db, query);
  return { items, total, page: query.page, pageSize: query.pageSize };
}

export async function getUser(ctx: Ctx, { id }: { id: string }): Promise<User> {
  const target = { kind: 'user', id, userId: id } as const;
  const actor = await authorize(ctx, 'user.view', target);
  const view = (await loadUsers(ctx.db, [id], actor)).get(id);
  if (!view) throw notFound(target);
  return view;
}

/** Answers the user and, once, the link with which the user sets a password. */
export async function createUser(ctx: Ctx, input: UserCreate): Promise<UserCreated> {
  const actor = await authorize(ctx, 'user.create');
  const created = transact(ctx.db, async (tx) => {
    const { id } = await tx.user.create({ data: input, select: { id: true } });
    const link = await insertPasswordLink(tx, { userId: id });
    await auditUser(tx, {
      actor,
      action: 'user.create',
      id,
      name: input.login,
      details: { role: input.role },
    });
    await publish(tx, { kind: 'user', id, ownerId: id });
    return { id, link };
  });
  const { id, link } = await created.catch((error: unknown) => {
    if (!isDuplicate(error)) throw error;
    const message = fieldMessages.loginTaken;
    throw new AppError('already_exists', message, { details: { issues: [{ path: ['login'], message }] } });
  });
  return { user: await getUser(ctx, { id }), link };
}

export async function updateUser(ctx: Ctx, { id, ...input }: { id: string } & UserUpdate): Promise<User> {
  const actor = await authorize(ctx, 'user.update');
  await transact(ctx.db, async (tx) => {
    const before = await lockUsers(tx, id);
    requireSafeUpdate(actor, before, input);
    const { target: user } = before;
    await tx.user.update({ where: { id }, data: input });
    const changed = { name: user.name, role: user.role, disabled: user.disabled };
    const details = { before: changed, after: { ...changed, ...input } };
    await auditUser(tx, { actor, action: 'user.update', id, name: user.login, details });
    if (input.disabled) {
      const canceled = await cancelPendingJobs(tx, id);
      await endSessions(tx, { userId: id });
      await publish(tx, ...canceled);
    } else await publish(tx, { kind: 'user', id, ownerId: id });
  });
  return getUser(ctx, { id });
}

export async function makePasswordLink(ctx: Ctx, { id }: { id: string }): Promise<PasswordLink> {
  const actor = await authorize(ctx, 'user.update');
  return transact(ctx.db, async (tx) => {
    const { target: user } = await lockUsers(tx, id);
    if (user.disabled)
      throw new AppError('wrong_state', `Cannot make a link for ${user.login}: the user is disabled`);
    const link = await insertPasswordLink(tx, { userId: id });
    await auditUser(tx, { actor, action: 'user.passwordLink', id, name: user.login, details: {} });
    return link;
  });
}

type LockedUser = {
  id: string;
  login: string;
  name: string;
  role: string;
  disabled: boolean;
  canSignIn: boolean;
};
type Locked = { target: LockedUser; operators: LockedUser[] };

/** The user and all operators, locked: two operators who demote each other at the same moment must not both succeed. */
async function lockUsers(tx: Tx, id: string): Promise<Locked> {
  const rows = await tx.$queryRaw<LockedUser[]>`
    SELECT id, login, name, role, disabled, NOT disabled AND "passwordHash" IS NOT NULL AS "canSignIn"
    FROM "User" WHERE id = ${id}::uuid OR role = 'operator' ORDER BY id FOR UPDATE`;
  const target = rows.find((row) => row.id === id);
  if (!target) throw notFound({ kind: 'user', id });
  return { target, operators: rows.filter((row) => row.role === 'operator') };
}

function requireSafeUpdate(actor: Actor, { target, operators }: Locked, input: UserUpdate): void {
  const changesRole = input.role !== undefined && input.role !== target.role;
  const disables = input.disabled === true && !target.disabled;
  if (target.id === actor.userId && (changesRole || disables))
    throw new AppError('forbidden', 'Nobody changes the own role or disables the own account');
  const losesOperator = target.role === 'operator' && (changesRole || disables);
  const others = operators.filter((operator) => operator.id !== target.id && operator.canSignIn);
  if (losesOperator && others.length === 0)
    throw new AppError('wrong_state', `${target.login} is the last operator who can sign in`);
}

type UserAudit = { actor: Actor; action: string; id: string; name: string; details: Record<string, unknown> };

async function auditUser(tx: Tx, { actor, action, id, name, details }: UserAudit): Promise<void> {
  await recordAudit(tx, {
    action,
    outcome: 'done',
    actor,
    address: actor.address,
    target: { kind: 'user', id, name },
    ownerId: id,
    details: JSON.parse(JSON.stringify(details)),
  });
}
