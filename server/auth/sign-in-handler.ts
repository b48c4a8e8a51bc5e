// NextAuth's own routes: sign-in, sign-out and its CSRF token. NextAuth reads a body of any size from anybody, so it gets one that was read here.
import NextAuth from 'next-auth';
import { NextRequest } from 'next/server';
import { sharedDb } from '../db/client';
import { env } from '../env';
import { problemResponse } from '../http/problem';
import { readText } from '../http/read-body';
import { requireSameOrigin } from '../http/same-origin';
import { authOptions } from './next-auth';

type Context = { params: Promise<{ nextauth: string[] }> };

/** Of a name, a password, a token and where to go next. */
const bodyLimitBytes = 8 * 1024;

/** `access` marks a door that is open by design, for the test that tries every door. */
export const signInHandler = Object.assign(answer, { access: 'anonymous' as const });

async function answer(request: NextRequest, context: Context): Promise<Response> {
  const { CORRAL_URL, DATABASE_URL, CORRAL_SECRET } = env();
  try {
    requireSameOrigin(request, CORRAL_URL);
    const bounded = await withReadBody(request);
    return await NextAuth(
      bounded,
      context,
      authOptions({ db: sharedDb(DATABASE_URL), secret: CORRAL_SECRET }),
    );
  } catch (error) {
    return problemResponse(error);
  }
}

async function withReadBody(request: NextRequest): Promise<NextRequest> {
  if (request.method !== 'POST') return request;
  const { url, method, headers } = request;
  return new NextRequest(url, { method, headers, body: await readText(request, bodyLimitBytes) });
}
