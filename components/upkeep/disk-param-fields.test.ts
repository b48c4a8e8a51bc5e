import { expect, it } from 'vitest';
import { toOverride, toTexts } from './disk-param-fields';

it('keeps what is set, and inherits what is left empty', () => {
  const override = {
    plain: { vg: 'fast' },
    drbd: { resyncRateKiB: 10_000, dynamicResync: true, protocol: 'A' as const },
  };
  expect(toOverride({ ...toTexts(override), 'drbd.metaVg': ' ' })).toEqual({ override, wrong: [] });
  expect(toOverride({})).toEqual({ override: { plain: {}, drbd: {} }, wrong: [] });
});

it('names what is no value of its parameter', () => {
  const texts = {
    'plain.stripes': '0',
    'drbd.protocol': 'D',
    'drbd.pingIntervalS': '10',
    'plain.vg': '../x',
  };
  expect(toOverride(texts)).toEqual({
    override: null,
    wrong: ['plain.stripes', 'drbd.protocol', 'plain.vg'],
  });
});

it('takes a volume group that is called like a number', () => {
  expect(toOverride({ 'plain.vg': '7', 'plain.stripes': '2' })).toEqual({
    override: { plain: { vg: '7', stripes: 2 }, drbd: {} },
    wrong: [],
  });
});
