import type { PasswordChange } from '@/contract/schemas/user';
import { fieldMessages } from '@/contract/field-messages';
import type { Actor } from '../auth/actor';
import { authorize, type Ctx } from '../auth/authorize';
import { hashPassword, verifyPassword } from '../auth/password';
import { endSessions } from '../auth/sessions';
import { recordRefusal } from '../auth/refusals';
import { admitAttempt, forgetFailures, tooManyAttempts } from '../auth/sign-in-limit';
import { recordAudit } from '../db/audit';
import { transact } from '../db/transact';
import { invalidField } from './invalid-field';

/** Changes the own password and ends all the user's other sessions and unused links. */
export async function changePassword(ctx: Ctx, input: PasswordChange): Promise<Record<string, never>> {
  const self = { kind: 'user', id: ctx.actor?.userId ?? '', userId: ctx.actor?.userId } as const;
  const actor = await authorize(ctx, 'password.change', self);
  await requireCurrent(ctx, actor, input.current);
  const passwordHash = await hashPassword(input.next);
  const { userId: id } = actor;
  await transact(ctx.db, async (tx) => {
    await tx.user.update({ where: { id }, data: { passwordHash } });
    await tx.passwordLink.deleteMany({ where: { userId: id } });
    await recordAudit(tx, {
      action: 'password.change',
      outcome: 'done',
      actor,
      address: actor.address,
      target: { kind: 'user', id, name: actor.login },
    });
    await endSessions(tx, { userId: id, except: actor.sessionId });
  });
  return {};
}

/** Counted like sign-ins: a borrowed session must not be a way to guess the password. */
async function requireCurrent({ db }: Ctx, actor: Actor, current: string): Promise<void> {
  const { userId, login, address } = actor;
  const target = { kind: 'user', id: userId, name: login };
  const attempt = { action: 'password.change', actor, address, target };
  const admission = await admitAttempt(db, { login, address });
  if (!admission.admitted) {
    await recordRefusal(db, { ...attempt, outcome: 'refused' });
    throw tooManyAttempts(admission.minutes);
  }
  const user = await db.user.findUnique({ where: { id: userId }, select: { passwordHash: true } });
  if (!(await verifyPassword(user?.passwordHash ?? null, current))) {
    await recordRefusal(db, { ...attempt, outcome: 'failed' });
    throw invalidField(['current'], fieldMessages.passwordWrong);
  }
  await forgetFailures(db, admission.attempt);
}
