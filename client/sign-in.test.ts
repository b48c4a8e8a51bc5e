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
  for (const path of ['/instances?page=2', '/jobs/7#log', '/?next=%2F%2Fevil.example', '/a%09b'])
    expect(safeNext(path)).toBe(path);
  for (const elsewhere of [
    '//evil.example',
    '///evil.example',
    '/..//evil.example',
    '/.//evil.example',
    '/\\evil.example',
    '/instances\\..',
    '/\t/evil.example',
    '\t//evil.example',
    '/\n/evil.example',
    '/\r\n/evil.example',
    '/\0/evil.example',
    ' //evil.example',
    'https://evil.example',
    'https:evil.example',
    'javascript:alert(1)',
    'evil.example',
    '//[',
    '/sign-in',
    '/sign-in?next=/',
    '/x/../sign-in',
    '',
    undefined,
    ['/instances', '/jobs'],
  ])
    expect(safeNext(elsewhere)).toBe('/');
});
