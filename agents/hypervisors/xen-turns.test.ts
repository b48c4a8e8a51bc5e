import { afterEach, expect, it, vi } from 'vitest';
import { builds, requireBuildSoon } from './xen-turns';

afterEach(() => void vi.useRealTimers());

it('makes one domain after another, and a start waits for a guest that arrives, but not for long', async () => {
  const done: string[] = [];
  let arrive = () => {};
  const arrival = builds.take(() => new Promise<void>((resolve) => (arrive = resolve)));
  const build = builds.take(async () => void done.push('built'));
  await expect(requireBuildSoon('start web1', 20)).rejects.toMatchObject({
    code: 'busy',
    message: expect.stringMatching(/^Cannot start web1: .* arriving/),
  });
  expect(done).toEqual([]);
  const soon = requireBuildSoon('start web1').then(() => done.push('its turn'));
  arrive();
  await Promise.all([arrival, build, soon]);
  expect(done).toEqual(['built', 'its turn']);
});

it('goes on after a guest that did not arrive', async () => {
  const arrival = builds.take(() => Promise.reject(new Error('the source hung up')));
  await expect(arrival).rejects.toThrow('hung up');
  await requireBuildSoon('start web1', 0);
});

it('waits for many that come before, as long as each of them is done in time', async () => {
  vi.useFakeTimers();
  const ends: (() => void)[] = [];
  const three = [1, 2, 3].map(() => builds.take(() => new Promise<void>((resolve) => ends.push(resolve))));
  const soon = requireBuildSoon('start web1', 1_000);
  for (const one of three) {
    await vi.advanceTimersByTimeAsync(900);
    ends.shift()?.();
    await one;
  }
  await soon;
  const stuck = builds.take(() => new Promise<void>((resolve) => ends.push(resolve)));
  const refused = expect(requireBuildSoon('start web1', 1_000)).rejects.toMatchObject({ code: 'busy' });
  await vi.advanceTimersByTimeAsync(1_000);
  await refused;
  ends.shift()?.();
  await stuck;
});
