// From a request's cookies to the one who asks: used alike by REST, the live stream and WebSocket upgrades.
// Invariant: an Actor is answered only while its session row is open and its user enabled, however long the cookie would still be valid.
import { decode } from 'next-auth/jwt';
import { z } from 'zod';
import { Id } from '@/contract/names';
import { UserRole } from '@/contract/schemas/user';
import type { Queryable } from '../db/client';
import { env } from '../env';
import type { Actor } from './actor';

const Token = z.object({ sid: Id, sub: Id });

export type ActorRequest = {
  db: Queryable;
  secret: string;
  /** Remote address, for the audit. */
  address: string | null;
  /** Whether the cookie is the `__Secure-` one; by default when CORRAL_URL is https. */
  secure?: boolean;
};

export async function actorFromCookies(
  cookieHeader: string | null | undefined,
  { db, secret, address, secure = usesSecureCookies() }: ActorRequest,
): Promise<Actor | null> {
  const token = await readToken(cookieHeader ?? '', { secret, secure });
  return token && findActor(db, { sessionId: token.sid, userId: token.sub, address });
}

export function usesSecureCookies(): boolean {
  return env().CORRAL_URL.startsWith('https:');
}

export function sessionCookieName(secure: boolean): string {
  return `${secure ? '__Secure-' : ''}next-auth.session-token`;
}

/** The Actor of an open session, or null. */
export async function findActor(
  db: Queryable,
  { sessionId, userId, address }: { sessionId: string; userId: string; address: string | null },
): Promise<Actor | null> {
  const row = await db.session.findFirst({
    where: { id: sessionId, userId, endedAt: null, expiresAt: { gt: new Date() }, user: { disabled: false } },
    select: { user: { select: { id: true, login: true, name: true, role: true } } },
  });
  if (!row) return null;
  const { id, login, name, role } = row.user;
  return { userId: id, sessionId, login, name, role: UserRole.parse(role), address };
}

async function readToken(cookieHeader: string, { secret, secure }: { secret: string; secure: boolean }) {
  const token = joinChunks(cookieHeader, sessionCookieName(secure));
  if (!token) return null;
  const claims = await decode({ token, secret }).catch(() => null);
  return Token.safeParse(claims).data ?? null;
}

/** A long token is stored in several cookies, `<name>.0`, `<name>.1` and so on. */
function joinChunks(cookieHeader: string, name: string): string {
  const chunks = cookieHeader.split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    const key = pair.slice(0, at).trim();
    const index = key === name ? '0' : key.startsWith(`${name}.`) && key.slice(name.length + 1);
    return at > 0 && index && /^\d{1,2}$/.test(index)
      ? [{ index: Number(index), value: pair.slice(at + 1).trim() }]
      : [];
  });
  return chunks
    .sort((a, b) => a.index - b.index)
    .map((chunk) => chunk.value)
    .join('');
}
