// For pages: the context that use cases get, from the cookies and headers of the page request that is being rendered.
import { cookies, headers } from 'next/headers';
import { sharedDb } from '../db/client';
import { env } from '../env';
import type { Ctx } from './authorize';
import { readRemoteAddress } from './remote-address';
import { actorFromCookies } from './session-actor';

export async function pageContext(): Promise<Ctx> {
  // First of all, because it tells Next that the page is made for each request and never at build time, when there is no environment.
  const address = readRemoteAddress(await headers());
  const db = sharedDb(env().DATABASE_URL);
  const cookieHeader = (await cookies())
    .getAll()
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ');
  return {
    db,
    address,
    actor: await actorFromCookies(cookieHeader, { db, secret: env().CORRAL_SECRET, address }),
  };
}
