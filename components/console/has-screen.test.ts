import { expect, test } from 'vitest';
import { hasScreen } from './has-screen';

const plain = { hvParams: {}, inheritedHvParams: {}, pending: [] };

test('PCs have a screen, paravirtual domains only where one is wished for, and PVH never', () => {
  expect(hasScreen({ ...plain, hypervisor: 'kvm' })).toBe(true);
  expect(hasScreen({ ...plain, hypervisor: 'xen-hvm' })).toBe(true);
  expect(hasScreen({ ...plain, hypervisor: 'xen-pvm' })).toBe(false);
  expect(hasScreen({ ...plain, hypervisor: 'xen-pvm', hvParams: { screen: true } })).toBe(true);
  expect(hasScreen({ ...plain, hypervisor: 'xen-pvh', inheritedHvParams: { screen: true } })).toBe(false);
});

test('what runs counts before what is wished for', () => {
  const wished = {
    hvParams: { screen: true },
    pending: [{ what: 'screen' as const, running: false, wanted: true }],
  };
  expect(hasScreen({ ...plain, ...wished, hypervisor: 'xen-pvm' })).toBe(false);
});
