import { open } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { AppError } from '@/contract/errors';
import { whileBusy } from './while-busy';

const isBusy = (error: unknown) => error instanceof Error && error.message === 'held open';

test('what is busy for a moment is tried again', async () => {
  let tries = 0;
  await whileBusy(
    async () => {
      tries += 1;
      if (tries < 3) throw new Error('held open');
    },
    { paths: ['/dev/null'], isBusy },
  );
  expect(tries).toBe(3);
});

test('what fails otherwise is not tried again', async () => {
  let tries = 0;
  const failing = whileBusy(
    async () => {
      tries += 1;
      throw new AppError('tool_failed', 'broken');
    },
    { paths: ['/dev/null'], isBusy },
  );
  await expect(failing).rejects.toMatchObject({ code: 'tool_failed', message: 'broken' });
  expect(tries).toBe(1);
});

test('what stays busy is refused with who uses it', { timeout: 30_000 }, async () => {
  const device = await open('/dev/zero', 'r');
  const refused = whileBusy(() => Promise.reject(new Error('held open')), {
    paths: ['/dev/full', '/dev/zero'],
    isBusy,
  });
  const user = expect.stringContaining(`(${process.pid})`);
  await expect(refused).rejects.toMatchObject({
    code: 'busy',
    message: expect.stringMatching(/^held open\. \/dev\/zero is used by /),
    details: { users: expect.arrayContaining([user]) },
  });
  await device.close();
});
