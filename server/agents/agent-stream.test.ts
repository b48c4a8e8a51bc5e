import { expect, it } from 'vitest';
import { mostLogLines, readStream } from './agent-stream';

async function* talk(lines: number, message = 'Formatting'): AsyncGenerator<unknown> {
  for (let n = 0; n < lines; n += 1) yield { kind: 'log', level: 'info', message };
  yield { kind: 'result', result: { done: true } };
}

it('passes on only so many log lines of a call, and its result', async () => {
  const heard: string[] = [];
  const onLog = (message: string) => heard.push(message);
  expect(await readStream(talk(mostLogLines + 5), { onLog })).toEqual({ done: true });
  expect(heard).toHaveLength(mostLogLines + 1);
  expect(heard.at(-1)).toBe('More lines are left out');
});

it('refuses a log line without an end', async () => {
  await expect(readStream(talk(1, 'x'.repeat(70_000)), {})).rejects.toThrow('Too big');
});
