import { expect, it } from 'vitest';
import { seenFrom } from './kvm-states';

const sent = { isArriving: false, before: 'running' } as const;

it.each([
  ['running', 'active', 'sending'],
  ['finish-migrate', 'device', 'sending'],
  // QEMU says that all has been sent before it says that the guest is done with.
  ['finish-migrate', 'completed', 'sent'],
  ['postmigrate', 'completed', 'sent'],
  ['running', 'failed', null],
])('tells how far a migration is: %s, %s', (status, sending, migration) => {
  expect(seenFrom({ ...sent, status, sending })).toMatchObject({ operState: 'running', migration });
});

it.each([
  ['inmigrate', 'absent', 'receiving'],
  ['paused', 'absent', 'receiving'],
  // Let go on by an agent that could not write it down any more.
  ['running', 'running', null],
])('tells whether what arrives runs here yet: %s', (status, operState, migration) => {
  const seen = seenFrom({ status, sending: null, isArriving: true, before: 'running' });
  expect(seen).toMatchObject({ operState, migration });
});

it('tells why QEMU let a guest stand still', () => {
  const seen = seenFrom({ ...sent, status: 'io-error', sending: null });
  expect(seen).toMatchObject({ operState: 'paused', detail: expect.stringContaining('no space left') });
});
