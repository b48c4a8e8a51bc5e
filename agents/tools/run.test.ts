import { createHook } from 'node:async_hooks';
import { afterEach, expect, it } from 'vitest';
import { run } from './run';

let turn = 0;
const starts: number[] = [];
const hook = createHook({
  init(_, type) {
    if (type === 'PROCESSWRAP') starts.push(turn);
  },
});
afterEach(() => hook.disable());

it('starts programs that are asked for at once in turns of their own, between which others come', async () => {
  let isCounting = true;
  const count = () => {
    turn += 1;
    if (isCounting) setImmediate(count);
  };
  count();
  hook.enable();
  const asked = Array.from({ length: 5 }, () => run({ argv: ['true'], doing: 'try', timeoutMs: 10_000 }));
  await Promise.all(asked);
  isCounting = false;
  expect(starts).toHaveLength(5);
  expect(new Set(starts).size).toBe(5);
});
