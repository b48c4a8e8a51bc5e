// NextAuth with one provider: name and password. Its token carries the id of a session row; everything else is read from that row.
import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { z } from 'zod';
import { pages } from '@/contract/paths';
import { recordAudit } from '../db/audit';
import type { Db } from '../db/client';
import { transact } from '../db/transact';
import { log } from '../log';
import { readRemoteAddress } from './remote-address';
import { findActor, usesSecureCookies } from './session-actor';
import { endSessions, sessionMaxAgeS } from './sessions';
import { signIn } from './sign-in';

const Credentials = z.object({ login: z.string().max(256), password: z.string().max(1024) });
const Claims = z.object({ sid: z.uuid(), sub: z.uuid() });

/** `error` of a refused sign-in is `CredentialsSignin`, `TooManyAttempts:<minutes>` or `Unavailable`. */
export function authOptions({ db, secret }: { db: Db; secret: string }): NextAuthOptions {
  return {
    secret,
    session: { strategy: 'jwt', maxAge: sessionMaxAgeS },
    useSecureCookies: usesSecureCookies(),
    pages: { signIn: pages.signIn(), error: pages.signIn() },
    logger: {
      error: (code, metadata) => log.error({ code, metadata: String(metadata) }, 'sign-in library'),
      warn: () => {},
      debug: () => {},
    },
    providers: [
      CredentialsProvider({
        name: 'Password',
        credentials: { login: { type: 'text' }, password: { type: 'password' } },
        authorize: (input, request) => checkCredentials(db, input, new Headers(plain(request.headers))),
      }),
    ],
    callbacks: {
      jwt: ({ token, user }) => (user ? { sub: user.id, sid: Reflect.get(user, 'sessionId') } : token),
      // Only what an open session may be told; the browser asks /api/v1/session for who it is.
      session: async ({ session, token }) => {
        const claims = Claims.safeParse(token).data;
        const actor =
          claims && (await findActor(db, { sessionId: claims.sid, userId: claims.sub, address: null }));
        return actor
          ? { expires: session.expires, user: { name: actor.name } }
          : { expires: new Date(0).toISOString() };
      },
    },
    events: { signOut: ({ token }) => signOut(db, token) },
  };
}

async function checkCredentials(db: Db, input: unknown, headers: Headers) {
  const credentials = Credentials.safeParse(input);
  if (!credentials.success) return null;
  const result = await signIn(db, { ...credentials.data, address: readRemoteAddress(headers) }).catch(
    (error: unknown) => {
      log.error({ error }, 'cannot check a sign-in');
      throw new Error('Unavailable');
    },
  );
  if (result.kind === 'tooManyAttempts') throw new Error(`TooManyAttempts:${result.minutes}`);
  return result.kind === 'wrong'
    ? null
    : { id: result.userId, name: result.name, sessionId: result.sessionId };
}

async function signOut(db: Db, token: unknown): Promise<void> {
  const claims = Claims.safeParse(token).data;
  const actor = claims && (await findActor(db, { sessionId: claims.sid, userId: claims.sub, address: null }));
  if (!actor) return;
  const session = await db.session.findUnique({ where: { id: actor.sessionId }, select: { address: true } });
  await transact(db, async (tx) => {
    await recordAudit(tx, {
      action: 'session.signOut',
      outcome: 'done',
      actor,
      address: session?.address,
      target: { kind: 'user', id: actor.userId, name: actor.login },
    });
    await endSessions(tx, { userId: actor.userId, only: actor.sessionId });
  });
}

function plain(headers: Record<string, unknown> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, value]] : [],
    ),
  );
}
