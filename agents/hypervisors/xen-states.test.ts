import { expect, test } from 'vitest';
import type { XenKind } from '@/contract/hypervisor-kind';
import { resolveHvParams } from '@/contract/schemas/hv-kinds';
import { defineSimulated } from '../testing/definitions';
import { parseDomains } from '../tools/xl/parse';
import { describeDomain } from './xen-config';
import type { XenRecord } from './xen-record';
import { memoryOf } from './xen-states';

function memoryIn(kind: XenKind, { screen, counted }: { screen: boolean; counted: number }): number {
  const hvParams = resolveHvParams(kind, { cluster: {}, instance: { screen } });
  const definition = defineSimulated('web1', { hypervisor: kind, hvParams, memoryMiB: 128 });
  const start = { definition, boot: { kind: 'firmware' as const }, disks: [], nics: [] };
  const record: XenRecord = {
    ...{ instanceId: definition.id, name: 'web1', kind, bootId: '', startedAt: new Date().toISOString() },
    ...describeDomain(kind, start, { kernel: '', initrd: '' }),
    ...{ building: false, ended: null, migration: null },
  };
  const line = `web1   7   ${counted}     1     -b----       5.2 ${definition.id}                -                -`;
  const [domain] = parseDomains(line);
  if (!domain) throw new Error('no domain');
  return memoryOf(record, domain);
}

test('memory is that of the guest: without its screen’s, and whole where Xen keeps a page', () => {
  expect(memoryIn('xen-hvm', { screen: true, counted: 144 })).toBe(128);
  expect(memoryIn('xen-hvm', { screen: true, counted: 112 })).toBe(96);
  expect(memoryIn('xen-hvm', { screen: false, counted: 127 })).toBe(128);
  expect(memoryIn('xen-pvm', { screen: true, counted: 128 })).toBe(128);
});
