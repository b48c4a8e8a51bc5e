import { expect, test } from 'vitest';
import { downState } from '../tools/drbd/states';
import { makeMirrorPair } from '../testing/mirror-pair';
import { targetOf } from './drbd-device';
import { createSetUps } from './drbd-set-ups';

const ids = {
  instanceId: '7b0f0a3e-52f4-4a8e-8f0f-5a4f6f1f2b31',
  diskId: '0d7c1a52-6d3e-4c0e-9f0b-2f6a1b7c8d90',
  sizeMiB: 64,
};
const [disk] = makeMirrorPair(ids);
const target = targetOf(disk);
const standing = { ...downState, connection: 'connected', diskState: 'upToDate' } as const;

test('what was set up here stands as it was said while the kernel has it attached and connected or connecting', () => {
  const setUps = createSetUps();
  expect(setUps.isAsSaid(target, standing)).toBe(false);
  setUps.keep(target);
  expect(setUps.isAsSaid(target, standing)).toBe(true);
  expect(setUps.isAsSaid(target, { ...standing, connection: 'connecting' })).toBe(true);
  expect(setUps.isAsSaid(target, { ...standing, connection: 'standAlone' })).toBe(false);
  expect(setUps.isAsSaid(target, { ...standing, diskState: 'diskless' })).toBe(false);
  expect(setUps.isAsSaid(target, downState)).toBe(false);
  setUps.forget(target);
  expect(setUps.isAsSaid(target, standing)).toBe(false);
});

test('what is said differently now is to be looked at', () => {
  const setUps = createSetUps();
  setUps.keep(target);
  const { mirror } = target;
  const moved = { ...mirror, peer: { ...mirror.peer, address: '10.77.0.9' } };
  expect(setUps.isAsSaid({ ...target, mirror: moved }, standing)).toBe(false);
  const tuned = { ...mirror, options: { ...mirror.options, resyncRateKiB: 1_000 } };
  expect(setUps.isAsSaid({ ...target, mirror: tuned }, standing)).toBe(false);
});
