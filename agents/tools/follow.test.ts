import { expect, test } from 'vitest';
import { follow, run } from './run';

/** What a followed program says, and that it ended. */
function listen(script: string) {
  const lines: string[] = [];
  let stop = () => {};
  const ended = new Promise<'ended'>((resolve) => {
    stop = follow({
      argv: ['sh', '-c', script],
      onLine: (text) => lines.push(text),
      onEnd: () => resolve('ended'),
    });
  });
  return { lines, ended, stop };
}

test('a followed program is heard line by line, and that it ended', async () => {
  const { lines, ended } = listen('echo one; echo two; printf three');
  await ended;
  expect(lines).toEqual(['one', 'two', 'three']);
});

test('a program that cannot be started ends at once', async () => {
  await new Promise<void>((onEnd) => follow({ argv: ['/nowhere/none'], onLine() {}, onEnd }));
});

test('a program that was stopped says nothing any more, not even that it ended', async () => {
  let heard = () => {};
  const first = new Promise<void>((resolve) => (heard = resolve));
  let isOver = false;
  const stop = follow({
    argv: ['sh', '-c', 'echo ready; exec sleep 60'],
    onLine: () => heard(),
    onEnd: () => (isOver = true),
  });
  await first;
  stop();
  const other = listen('true');
  await other.ended;
  expect(isOver).toBe(false);
});

test('an error shows no secret, neither among the arguments nor in what the program said', async () => {
  const argv = ['sh', '-c', 'echo "no $0" >&2; exit 3', 'opensesame'] as const;
  const failing = run({ argv, doing: 'try', timeoutMs: 10_000, secrets: ['opensesame'] });
  await expect(failing).rejects.toMatchObject({
    message: 'Cannot try: sh: no ***',
    details: { argv: ['sh', '-c', 'echo "no $0" >&2; exit 3', '***'], stderr: 'no ***' },
  });
});
