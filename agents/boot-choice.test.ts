import { expect, it } from 'vitest';
import { chooseBoot, withOverrides } from './boot-choice';
import { createSimulatedOs } from './os/simulated';
import { createFaults } from './simulated-faults';
import { defineSimulated } from './testing/definitions';
import { noImages } from './testing/no-images';

const isos = ['a.iso', 'b.iso'];
const faults = createFaults();
const oses = (['tiny', 'iso', 'none'] as const).map((kind) =>
  createSimulatedOs({ kind, isos, images: noImages, faults }),
);
const drivers = { oses };
const withoutOs = defineSimulated('web1', { os: { kind: 'none' } });
const fromIso = defineSimulated('web2', { os: { kind: 'iso', iso: 'a.iso' } });
const cd = (iso: string) => ({ iso, path: `/simulated/${iso}` });

it('boots as its OS says, an ISO first', async () => {
  expect(await chooseBoot(drivers, withoutOs)).toEqual({ boot: { kind: 'firmware' }, cd: null });
  expect(await chooseBoot(drivers, fromIso)).toEqual({
    boot: { kind: 'firmware', order: 'cdrom' },
    cd: cd('a.iso'),
  });
});

it('boots once from what is wished for, without changing the definition', async () => {
  const once = withOverrides(withoutOs, { cdrom: 'b.iso', bootOrder: 'cdrom', kernelPath: undefined });
  expect(await chooseBoot(drivers, once)).toEqual({
    boot: { kind: 'firmware', order: 'cdrom' },
    cd: cd('b.iso'),
  });
  expect(withoutOs.hvParams.cdrom).toBeNull();
  const disk = withOverrides(fromIso, { bootOrder: 'disk' });
  expect((await chooseBoot(drivers, disk)).boot).toEqual({ kind: 'firmware', order: 'disk' });
});

it('boots a kernel of the node, with its root, arguments and the serial line', async () => {
  const kernelPath = '/boot/vmlinuz';
  const once = withOverrides(withoutOs, { kernelPath, kernelArgs: 'ro single', rootPath: '/dev/vda' });
  expect((await chooseBoot(drivers, once)).boot).toEqual({
    kind: 'kernel',
    kernel: kernelPath,
    initrd: null,
    args: 'root=/dev/vda ro single console=ttyS0',
  });
});

it('leaves a CD drive empty that is known to be empty', async () => {
  expect((await chooseBoot(drivers, fromIso, { isCdKnown: true })).cd).toBeNull();
});

it('names the ISO file that the node does not have', async () => {
  const missing = withOverrides(withoutOs, { cdrom: 'c.iso' });
  await expect(chooseBoot(drivers, missing)).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('c.iso'),
  });
});

it('has the seed in the CD drive while nothing else lies there', async () => {
  const seed = cd('seed');
  const withImage = defineSimulated('web3', { os: { kind: 'none' } });
  expect(await chooseBoot(drivers, withImage, { seed })).toEqual({ boot: { kind: 'firmware' }, cd: seed });
  expect(await chooseBoot(drivers, withImage, { seed, isCdKnown: true })).toMatchObject({ cd: seed });
  expect(await chooseBoot(drivers, fromIso, { seed })).toMatchObject({ cd: cd('a.iso') });
  const inserted = withOverrides(withImage, { cdrom: 'b.iso' });
  expect(await chooseBoot(drivers, inserted, { seed })).toMatchObject({ cd: cd('b.iso') });
});
