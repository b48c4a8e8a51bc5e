// Signed-in Chromium pages, in by cookie so that only what is measured happens in them.
import type { Page } from 'playwright-core';
import { launchBrowser, openContext } from '@/e2e/browser';
import { signIn, type Credentials } from '@/e2e/rest';

export type SignedIn = {
  /** In a profile of its own: nothing is cached. */
  newPage(): Promise<{ page: Page; close: () => Promise<void> }>;
  close(): Promise<void>;
};

export async function openSignedIn(url: string, credentials: Credentials): Promise<SignedIn> {
  const { cookie } = await signIn(url, credentials);
  const cookies = cookie.split('; ').map((pair) => ({
    name: pair.slice(0, pair.indexOf('=')),
    value: pair.slice(pair.indexOf('=') + 1),
    url,
  }));
  const browser = await launchBrowser();
  return {
    newPage: async () => {
      const { context, page } = await openContext(browser);
      await context.addCookies(cookies);
      // tsx marks functions with this helper, also those that are sent into the page.
      await context.addInitScript({ content: 'globalThis.__name = (named) => named;' });
      return { page, close: () => context.close() };
    },
    close: () => browser.close(),
  };
}
