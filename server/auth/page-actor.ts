// For pages that need someone signed in: the context for use cases, or a redirect to the sign-in page, which leads back here.
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { pages } from '@/contract/paths';
import type { Actor } from './actor';
import type { Ctx } from './authorize';
import { pageContext } from './page-context';
import { pagePathHeader } from './page-path';

/** Read once for each request, however many parts of a page ask. */
const contextOfRequest = cache(pageContext);

export async function pageActor(): Promise<Ctx & { actor: Actor }> {
  const ctx = await contextOfRequest();
  if (ctx.actor) return { ...ctx, actor: ctx.actor };
  const path = (await headers()).get(pagePathHeader);
  redirect(pages.signIn(path && path !== '/' ? path : undefined));
}
