import { expect, it } from 'vitest';
import { judgeConsoles, judgeXen, type XenReading } from './xen';

const info = {
  ...{ version: '4.17.5', totalMiB: 2047, freeMiB: 872, cpus: 1, scheduler: 'credit2' },
  capabilities: ['pv', 'hvm', 'hap'],
  commandLine: 'console=com1 dom0_mem=1024M,max:1024M',
};
const whole: XenReading = {
  ...{ info, hasModel: true, bootloader: 'restricted' as const, savesDomains: false },
};
const statesOf = (reading: XenReading) =>
  Object.fromEntries(judgeXen(reading).map(({ code, state }) => [code, state]));

it('has nothing against a node that has everything', () => {
  expect(new Set(Object.values(statesOf(whole)))).toEqual(new Set(['ok']));
});

it.each([
  ['xen-hardware', { info: { ...info, capabilities: ['pv'] } }],
  ['xen-memory', { info: { ...info, commandLine: 'console=com1 dom0_mem=1024M' } }],
  ['xen-qemu', { hasModel: false }],
  ['xen-pygrub', { bootloader: 'none' as const }],
  ['xen-pygrub', { bootloader: 'withRights' as const }],
  ['xen-domains', { savesDomains: true }],
])('says what is limited, and how to mend it: %s', (code, change) => {
  const found = judgeXen({ ...whole, ...change }).filter(({ state }) => state !== 'ok');
  expect(found).toMatchObject([{ code, state: 'warn', mend: expect.stringMatching(/\S/) }]);
});

it('runs nothing where xl does not answer', () => {
  expect(statesOf({ ...whole, info: null })).toEqual({ xen: 'missing' });
});

it('starts nothing where nobody keeps consoles', () => {
  expect(judgeConsoles(true)).toMatchObject({ code: 'xen-consoles', state: 'ok' });
  expect(judgeConsoles(false)).toMatchObject({ code: 'xen-consoles', state: 'missing' });
});
