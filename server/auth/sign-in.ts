// Signing in with name and password. Invariant: whether a sign-in name exists cannot be told from the answer, its time or its limits.
import { Login } from '@/contract/names';
import { recordAudit } from '../db/audit';
import type { Db } from '../db/client';
import { transact } from '../db/transact';
import { verifyPassword } from './password';
import { recordRefusal } from './refusals';
import { startSession } from './sessions';
import { admitAttempt, forgetFailures } from './sign-in-limit';

export type SignInRequest = { login: string; password: string; address: string | null };
export type SignInResult =
  | { kind: 'signedIn'; userId: string; sessionId: string; name: string }
  | { kind: 'wrong' }
  | { kind: 'tooManyAttempts'; minutes: number };

export async function signIn(db: Db, request: SignInRequest): Promise<SignInResult> {
  const login = Login.safeParse(request.login).data ?? '';
  const { address } = request;
  const admission = await admitAttempt(db, { login, address });
  if (!admission.admitted) {
    await recordRefusal(db, { action: 'session.signIn', outcome: 'refused', address });
    return { kind: 'tooManyAttempts', minutes: admission.minutes };
  }
  const user = await db.user.findUnique({
    where: { login },
    select: { id: true, name: true, login: true, disabled: true, passwordHash: true },
  });
  const matches = await verifyPassword(user?.passwordHash ?? null, request.password.slice(0, 256));
  if (!user || !matches || user.disabled) {
    // The name is recorded only where it is somebody's: an unknown one may be a password typed into the wrong field.
    const target = user ? { kind: 'user', id: user.id, name: user.login } : null;
    await recordAudit(db, { action: 'session.signIn', outcome: 'failed', address, target });
    return { kind: 'wrong' };
  }
  await forgetFailures(db, admission.attempt);
  const sessionId = await openSession(db, user, address);
  // null: disabled since it was read above.
  return sessionId ? { kind: 'signedIn', userId: user.id, sessionId, name: user.name } : { kind: 'wrong' };
}

type SignedIn = { id: string; name: string; login: string };

async function openSession(db: Db, user: SignedIn, address: string | null): Promise<string | null> {
  return transact(db, async (tx) => {
    const { count } = await tx.user.updateMany({
      where: { id: user.id, disabled: false },
      data: { lastSignInAt: new Date() },
    });
    if (count === 0) return null;
    const sessionId = await startSession(tx, { userId: user.id, address });
    await recordAudit(tx, {
      action: 'session.signIn',
      outcome: 'done',
      actor: { userId: user.id, name: user.name },
      address,
      target: { kind: 'user', id: user.id, name: user.login },
    });
    return sessionId;
  });
}
