import { expect, it } from 'vitest';
import { Patience, restRule, tellAgainMs } from './patience';

const timing = {
  retryMs: { first: 500, most: 5_000 },
  steadyAfterMs: 30_000,
  unreachableAfterMs: 10_000,
};
const minute = 60_000;

it('waits longer after each connection that broke soon, and little again after one that lasted', () => {
  const patience = new Patience(timing, 0);
  const waits = [1, 2, 3, 4, 5].map((second) => {
    patience.heard(second * 1_000);
    return patience.broke(second * 1_000).waitMs;
  });
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 5_000]);
  patience.heard(10_000);
  patience.heard(39_999);
  patience.heard(40_000);
  expect(patience.broke(41_000)).toEqual({ isLost: false, waitMs: 500 });
});

it('tells once that a node is lost, and what is wrong with it now and then', () => {
  const patience = new Patience(timing, 0);
  expect(patience.broke(9_999).isLost).toBe(false);
  expect(patience.broke(10_000).isLost).toBe(true);
  expect(patience.broke(15_000).isLost).toBe(false);
  expect(patience.broke(10_000 + tellAgainMs).isLost).toBe(true);
});

it('leaves a node alone for longer and longer that is lost again and again', () => {
  const patience = new Patience(timing, 0);
  const rests: number[] = [];
  let now = 0;
  for (let loss = 1; loss <= 6; loss += 1) {
    patience.heard(now);
    now += 10_000;
    const { isLost, waitMs } = patience.broke(now);
    expect(isLost).toBe(true);
    rests.push(waitMs);
    now += waitMs;
  }
  expect(rests.slice(0, restRule.freeLosses).every((rest) => rest <= timing.retryMs.most)).toBe(true);
  expect(rests.slice(restRule.freeLosses)).toEqual([15_000, 30_000, minute, 2 * minute]);
});

it('forgets losses of long ago', () => {
  const patience = new Patience(timing, 0);
  let now = 0;
  for (let loss = 1; loss <= 6; loss += 1) {
    patience.heard(now);
    now += 10_000;
    expect(patience.broke(now).waitMs).toBeLessThanOrEqual(timing.retryMs.most);
    now += restRule.windowMs;
  }
});
