import { describe, expect, it } from 'vitest';
import { chargeOf, type Chargeable, noAmounts, powerChargeOf } from './charge';

const web1: Chargeable = { vcpus: 2, memoryMiB: 1024, disksMiB: [4096, 512], diskTemplate: 'file' };
const whole = { instances: 1, vcpus: 2, memoryMiB: 1024, diskMiB: 4608 };

describe('the charge of an instance', () => {
  it('is everything, running or not, where all instances count', () => {
    expect(chargeOf(web1, 'all', true)).toEqual(whole);
    expect(chargeOf(web1, 'all', false)).toEqual(whole);
    expect(powerChargeOf(web1, 'all')).toEqual(noAmounts);
  });

  it('leaves out vCPUs and memory of a stopped one where running instances count', () => {
    expect(chargeOf(web1, 'running', true)).toEqual(whole);
    expect(chargeOf(web1, 'running', false)).toEqual({ ...whole, vcpus: 0, memoryMiB: 0 });
    expect(powerChargeOf(web1, 'running')).toEqual({ ...noAmounts, vcpus: 2, memoryMiB: 1024 });
  });

  it('has no disk where there is none', () => {
    expect(chargeOf({ ...web1, disksMiB: [], diskTemplate: 'diskless' }, 'all', true).diskMiB).toBe(0);
  });
});
