// For pages that need someone signed in: the context for use cases, or a redirect to the sign-in page.
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { pages } from '@/contract/paths';
import type { Actor } from './actor';
import type { Ctx } from './authorize';
import { pageContext } from './page-context';

/** Read once for each request, however many parts of a page ask. */
const contextOfRequest = cache(pageContext);

export async function pageActor(next?: string): Promise<Ctx & { actor: Actor }> {
  const ctx = await contextOfRequest();
  if (!ctx.actor) redirect(pages.signIn(next));
  return { ...ctx, actor: ctx.actor };
}
