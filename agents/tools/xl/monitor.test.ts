import { expect, test } from 'vitest';
import { listMonitors, waitedFor, waits } from './monitor';

const log = [
  'Waiting for domain hand.made (domid 1) to die [pid 544]',
  'Domain 1 has shut down, reason code 1 0x1',
  'Action for shutdown reason code 1 is restart',
  'Domain 1 needs to be cleaned up: destroying the domain',
  'Waiting for domain odd (domid 9) to die (domid 12) to die [pid 544]',
  '',
];

test('knows which domain a process of xl waits for, also after a restart of its guest', () => {
  expect(waitedFor(log.slice(0, 4).join('\n'), 544)).toBe(1);
  expect(waitedFor(log.join('\n'), 544)).toBe(12);
});

test('takes no word of another process for its own', () => {
  expect(waitedFor(log.join('\n'), 54)).toBeNull();
  expect(waitedFor('', 544)).toBeNull();
});

test('knows which processes of xl stay to wait for an end', () => {
  expect(waits(['xl', 'create', '-F', '/root/x.cfg', ''])).toBe(true);
  expect(waits(['/usr/lib/xen-4.17/bin/xl', '-v', 'restore', '/root/x.save'])).toBe(true);
  expect(waits(['xl', 'create', '-q', '-e', '/root/x.cfg'])).toBe(false);
  expect(waits(['xl', 'list', '-v'])).toBe(false);
});

test('finds none where no xl waits', async () => {
  expect(await listMonitors()).toEqual([]);
});
