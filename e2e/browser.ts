// Headless Chromium, and screenshots of a page in every look: light and dark, wide and phone.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const folder = join(import.meta.dirname, 'screenshots');
const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A browser of its own person: own cookies, wide window. What its pages throw goes to `errors`. */
export async function openContext(
  browser: Browser,
  errors: string[] = [],
): Promise<{ context: BrowserContext; page: Page; errors: string[] }> {
  const context = await browser.newContext({ viewport: wide, colorScheme: 'light', reducedMotion: 'reduce' });
  context.on('weberror', (error) => errors.push(error.error().message));
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  return { context, page, errors };
}

/** Takes `<name>-<light|dark>[-phone].png` of the page as it is now. */
export async function screenshots(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const [suffix, size] of [
      ['', wide],
      ['-phone', phone],
    ] as const) {
      await page.setViewportSize(size);
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}${suffix}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize(wide);
}
