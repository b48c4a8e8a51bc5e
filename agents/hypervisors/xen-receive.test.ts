import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { enterTunnel } from '../tools/tls/one-time-tunnel';
import { receiveDomain } from './xen-receive';
import { builds } from './xen-turns';
import { Hello, writeLine } from './xen-wire';

let letOthersEnd: () => void;
let others: Promise<void>;
let happened: string[];

beforeEach(() => {
  others = builds.take(() => new Promise((resolve) => (letOthersEnd = resolve)));
  happened = [];
});

afterEach(async () => {
  letOthersEnd();
  await others;
  vi.restoreAllMocks();
});

async function comeWhileOthersArrive() {
  const say = (word: string) => async () => void happened.push(word);
  const reception = await receiveDomain({
    ...{ folder: '/nowhere', address: '127.0.0.1' },
    configFor: async () => {
      happened.push('its turn');
      throw new Error('there is nothing to build it with');
    },
    ...{ onArrived: say('arrived'), onBroken: say('broken') },
  });
  const source = await enterTunnel(reception.door);
  source.on('error', () => {});
  const hungUp = new Promise((resolve) => source.resume().once('close', resolve));
  const take = vi.spyOn(builds, 'take');
  writeLine(source, Hello.parse({ memoryMiB: 64 }));
  await expect.poll(() => take.mock.calls.length).toBe(1);
  return { reception, hungUp };
}

it('lets in who waits when the others have arrived, and tells of what breaks then', async () => {
  const { hungUp } = await comeWhileOthersArrive();
  expect(happened).toEqual([]);
  letOthersEnd();
  await hungUp;
  await expect.poll(() => happened).toEqual(['its turn', 'broken']);
});

it('that is closed while it waits for its turn lets the source know, and touches nothing of the guest any more', async () => {
  const { reception, hungUp } = await comeWhileOthersArrive();
  await reception.close();
  await hungUp;
  letOthersEnd();
  await builds.settled();
  expect(happened).toEqual([]);
});
