// What a person does in the pages, by role and label.
import type { Page } from 'playwright-core';
import { pages } from '@/contract/paths';
import type { Credentials } from './rest';

/** Sets the password; the page then signs in with it by itself. */
export async function useOneTimeLink(
  page: Page,
  link: string,
  { password, ...account }: Credentials & { name?: string },
) {
  await page.goto(link);
  if (account.name) {
    await page.getByLabel('Your name').fill(account.name);
    await page.getByLabel('Sign-in name').fill(account.login);
  }
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: /^(Create account|Set password)$/ }).click();
  await page.getByRole('button', { name: /^Account of/ }).waitFor();
}

export async function signInByForm(page: Page, url: string, { login, password }: Credentials) {
  if (!page.url().includes('/sign-in')) await page.goto(url + pages.signIn());
  await page.getByLabel('Sign-in name').fill(login);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((now) => !now.pathname.startsWith('/sign-in'));
}

/** Fills the create form and submits it; answers the new instance's id when its page is shown. */
export async function createByForm(
  page: Page,
  url: string,
  wish: { name: string; memory: string; disk: string | null },
) {
  await page.goto(url + pages.instances());
  await page.getByRole('link', { name: 'Create instance' }).first().click();
  await page.getByRole('textbox', { name: 'Name' }).fill(wish.name);
  await page.getByRole('textbox', { name: 'Memory', exact: true }).fill(wish.memory);
  if (wish.disk === null) await page.getByLabel('Stored as').selectOption('diskless');
  else await page.getByRole('textbox', { name: 'Disk 0', exact: true }).fill(wish.disk);
  await page.getByRole('button', { name: 'Create instance' }).click();
}

export async function instanceIdOf(page: Page): Promise<string> {
  await page.waitForURL(/\/instances\/[0-9a-f-]{36}/);
  return /instances\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';
}

/** Waits until the page's title line shows the state. */
export async function showsState(page: Page, name: string, state: string) {
  await page
    .locator('header', { has: page.getByRole('heading', { level: 1, name }) })
    .getByText(state, { exact: true })
    .waitFor();
}

export async function chooseAction(page: Page, name: string, action: string) {
  await page.getByRole('button', { name: `Actions of ${name}` }).click();
  // Whole: what is not possible now has its reason in its name.
  await page.getByRole('menuitem', { name: action, exact: true }).click();
}

/** Types as hands do: with Shift held for what needs it. A screen passes on keys, not characters. */
export async function pressKeys(page: Page, text: string) {
  for (const character of text) {
    const isShifted = /[A-Z~!@#$%^&*()_+{}|:"<>?]/.test(character);
    if (isShifted) await page.keyboard.down('Shift');
    await page.keyboard.press(character === '\n' ? 'Enter' : character, { delay: 20 });
    if (isShifted) await page.keyboard.up('Shift');
  }
}

/** The lines that the serial terminal shows now. */
export function terminalText(page: Page): Promise<string> {
  return page.evaluate(readTerminal);
}

export async function waitForTerminal(page: Page, text: RegExp, timeout?: number) {
  const wanted = { source: text.source, flags: text.flags };
  await page
    .waitForFunction(
      ({ source, flags }) => {
        const rows = [...document.querySelectorAll('.xterm-rows > div')];
        return new RegExp(source, flags).test(
          rows.map((row) => row.textContent?.replaceAll('\u00a0', ' ')).join('\n'),
        );
      },
      wanted,
      { timeout },
    )
    .catch(async (cause: unknown) => {
      throw new Error(`The terminal never showed ${text}; it shows:\n${await terminalText(page)}`, { cause });
    });
}

function readTerminal(): string {
  const rows = [...document.querySelectorAll('.xterm-rows > div')];
  return rows.map((row) => row.textContent?.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
}

/** Types again while nothing has come of it: a login that is just starting the shell drops what was typed ahead. */
export async function typeUntil(on: Page, text: string, hasArrived: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    await pressKeys(on, text);
    try {
      return await hasArrived();
    } catch (error) {
      if (tries === 5) throw error;
    }
  }
}

/** Waits until something stands on the instance's screen. */
export async function waitForScreen(page: Page) {
  await page.waitForFunction(litPixels, 500);
}

function litPixels(wanted: number): boolean {
  const canvas = document.querySelector('canvas');
  const context = canvas?.getContext('2d');
  if (!canvas || !context || canvas.width === 0) return false;
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let lit = 0;
  for (let at = 0; at < data.length; at += 4)
    if ((data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0) > 200) lit++;
  return lit >= wanted;
}
