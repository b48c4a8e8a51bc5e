import { expect, it } from 'vitest';
import { readOutcome, safeNext } from './sign-in';

it('reads what the sign-in library tells in an address', () => {
  const of = (ok: boolean, url: string) => readOutcome({ ok, url });
  expect(of(true, 'http://console/')).toEqual({ kind: 'signedIn' });
  expect(of(false, 'http://console/sign-in?error=CredentialsSignin')).toEqual({ kind: 'wrong' });
  expect(of(false, '/sign-in?error=TooManyAttempts%3A12')).toEqual({ kind: 'tooManyAttempts', minutes: 12 });
  expect(of(false, '/sign-in?error=Unavailable')).toEqual({ kind: 'unavailable' });
  expect(of(false, '')).toEqual({ kind: 'unavailable' });
});

it('leads to pages of this console only', () => {
  expect(safeNext('/instances?page=2')).toBe('/instances?page=2');
  for (const elsewhere of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/sign-in',
    undefined,
  ])
    expect(safeNext(elsewhere)).toBe('/');
});
