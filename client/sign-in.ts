// Signing in and out through NextAuth's own addresses. Free of Zod and of the query cache: it is part of the first page.
export type SignInOutcome =
  | { kind: 'signedIn' }
  | { kind: 'wrong' }
  | { kind: 'tooManyAttempts'; minutes: number }
  | { kind: 'unavailable' };

export async function signIn(credentials: { login: string; password: string }): Promise<SignInOutcome> {
  try {
    const answer = await post('/api/auth/callback/credentials', credentials);
    return readOutcome(answer);
  } catch {
    return { kind: 'unavailable' };
  }
}

export async function signOut(): Promise<void> {
  await post('/api/auth/signout', {});
}

/** NextAuth tells a refusal in the address that it would lead to. */
export function readOutcome({ ok, url }: { ok: boolean; url: string }): SignInOutcome {
  const error = new URL(url, 'http://console').searchParams.get('error');
  const minutes = /^TooManyAttempts:(\d+)$/.exec(error ?? '')?.[1];
  if (minutes) return { kind: 'tooManyAttempts', minutes: Number(minutes) };
  if (error === 'CredentialsSignin') return { kind: 'wrong' };
  return ok && error === null ? { kind: 'signedIn' } : { kind: 'unavailable' };
}

/** Only a path of this console: an address elsewhere could imitate it. */
export function safeNext(next: string | string[] | undefined): string {
  // Browsers leave some of these out of an address, and read others as a slash.
  if (typeof next !== 'string' || !next.startsWith('/') || /[\\\p{Cc}]/u.test(next)) return '/';
  const here = 'http://console';
  if (!URL.canParse(next, here)) return '/';
  const { origin, pathname, search, hash } = new URL(next, here);
  if (origin !== here || /^\/(sign-in|\/)/.test(pathname)) return '/';
  return pathname + search + hash;
}

async function post(path: string, fields: Record<string, string>): Promise<{ ok: boolean; url: string }> {
  const csrf: unknown = await (await fetch('/api/auth/csrf')).json();
  const csrfToken = String(Reflect.get(Object(csrf), 'csrfToken') ?? '');
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ ...fields, csrfToken, json: 'true', callbackUrl: '/' }),
  });
  const answer: unknown = await response.json();
  return { ok: response.ok, url: String(Reflect.get(Object(answer), 'url') ?? '') };
}
