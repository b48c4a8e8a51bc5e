// A signed-in Chromium page, in by cookie so that only what is measured happens in it.
import type { Page } from 'playwright-core';
import { launchBrowser, openContext } from '@/e2e/browser';
import { signIn, type Credentials } from '@/e2e/rest';

export async function signInAt(
  url: string,
  credentials: Credentials,
): Promise<{ page: Page; close: () => Promise<void> }> {
  const { cookie } = await signIn(url, credentials);
  const browser = await launchBrowser();
  const { context, page } = await openContext(browser);
  await context.addCookies(
    cookie.split('; ').map((pair) => ({
      name: pair.slice(0, pair.indexOf('=')),
      value: pair.slice(pair.indexOf('=') + 1),
      url,
    })),
  );
  return { page, close: () => browser.close() };
}
