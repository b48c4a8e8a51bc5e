// NextAuth's own routes: sign-in, sign-out and its CSRF token. Made at the first request, when the environment is there.
import NextAuth from 'next-auth';
import type { NextRequest } from 'next/server';
import { sharedDb } from '../db/client';
import { env } from '../env';
import { authOptions } from './next-auth';

type Context = { params: Promise<{ nextauth: string[] }> };

/** `access` marks a door that is open by design, for the test that tries every door. */
export const signInHandler = Object.assign(answer, { access: 'anonymous' as const });

function answer(request: NextRequest, context: Context): Promise<Response> {
  const { DATABASE_URL, CORRAL_SECRET } = env();
  return NextAuth(request, context, authOptions({ db: sharedDb(DATABASE_URL), secret: CORRAL_SECRET }));
}
