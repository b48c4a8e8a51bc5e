import { expect, it } from 'vitest';
import { builds, requireBuildSoon } from './xen-turns';

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
