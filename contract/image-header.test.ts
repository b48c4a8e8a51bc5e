// On heads of files that qemu-img 7.2 made (fixtures: the first 4 KiB), and on what a stranger may have changed in them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeImage } from './image-header';
import { imageLimits } from './schemas/image';

const fixture = (name: string) =>
  readFileSync(path.join(import.meta.dirname, 'fixtures', `${name}-7.2.head`));
const judge = (head: Uint8Array, format: 'raw' | 'qcow2' = 'qcow2', bytes = 200_000) =>
  judgeImage({ format, head, bytes });

/** A plain version 3 header with something written into it. */
function changed(change: (view: DataView) => void): Uint8Array {
  const head = Uint8Array.from(fixture('qcow2'));
  change(new DataView(head.buffer));
  return head;
}

describe('a qcow2 image', () => {
  it.each(['qcow2', 'qcow2-v2', 'qcow2-zstd', 'qcow2-extended-l2', 'qcow2-lazy'])(
    'passes when it stands alone: %s',
    (name) => {
      expect(judge(fixture(name))).toEqual({ virtualBytes: 64 * 1024 ** 2 });
    },
  );

  it.each([
    ['qcow2-backing', 'has a backing file: convert it into one that stands alone'],
    ['qcow2-backing-format', 'has a backing file: convert it into one that stands alone'],
    ['qcow2-data-file', 'keeps its data in another file'],
    ['qcow2-data-file-raw', 'keeps its data in another file'],
    ['qcow2-luks', 'is encrypted'],
    ['qcow2-aes', 'is encrypted'],
    ['qcow2-100T', 'describes a disk of more than 2 TiB'],
  ])('is refused where it does not, or is too large: %s', (name, refused) => {
    expect(judge(fixture(name))).toEqual({ refused });
  });

  it.each([
    ['a version of the future', (view: DataView) => view.setUint32(4, 4)],
    ['clusters of no size', (view: DataView) => view.setUint32(20, 0)],
    ['clusters of any size', (view: DataView) => view.setUint32(20, 63)],
    ['a backing file name without a place', (view: DataView) => view.setUint32(16, 12)],
    ['a place of a backing file beyond every file', (view: DataView) => view.setBigUint64(8, 2n ** 63n)],
    ['a feature that nobody knows', (view: DataView) => view.setBigUint64(72, 1n << 40n)],
    ['the mark of a corrupt image', (view: DataView) => view.setBigUint64(72, 2n)],
    ['a size beyond what a number holds', (view: DataView) => view.setBigUint64(24, 2n ** 64n - 1n)],
    ['no size', (view: DataView) => view.setBigUint64(24, 0n)],
    ['a header shorter than itself', (view: DataView) => view.setUint32(100, 8)],
    ['a header that ends beyond the file', (view: DataView) => view.setUint32(100, 0xfffffff0)],
    [
      'an extension that never ends',
      (view: DataView) => (view.setUint32(112, 1), view.setUint32(116, 0xffffffff)),
    ],
    ['a data file behind another extension', hideDataFile],
  ])('is refused with %s', (_, change) => {
    expect(judge(changed(change))).toHaveProperty('refused');
  });

  it('is refused when it ends within its header, or is something else', () => {
    const whole = fixture('qcow2');
    for (const end of [0, 3, 4, 71, 72, 103, 111])
      expect(judge(whole.subarray(0, end))).toHaveProperty('refused');
    expect(judge(Buffer.alloc(4_096))).toEqual({ refused: 'is not a qcow2 image' });
    expect(judge(fixture('vmdk'))).toEqual({ refused: 'is not a qcow2 image, but a VMDK image' });
  });

  it('never throws, whatever its header says', () => {
    const bytes = fc.uint8Array({ minLength: 0, maxLength: 300 });
    fc.assert(
      fc.property(bytes, fc.boolean(), (noise, isMarked) => {
        const head = isMarked ? Uint8Array.from([...fixture('qcow2').subarray(0, 8), ...noise]) : noise;
        const verdict = judge(head);
        if ('virtualBytes' in verdict)
          expect(verdict.virtualBytes).toBeLessThanOrEqual(imageLimits.virtualBytes);
      }),
    );
  });
});

function hideDataFile(view: DataView): void {
  const at = view.getUint32(100);
  view.setUint32(at, 0x12345678);
  view.setUint32(at + 4, 5);
  view.setUint32(at + 16, 0x44415441);
}

describe('a raw image', () => {
  it('is as large as its file, in whole sectors', () => {
    expect(judge(Buffer.alloc(512), 'raw', 1_000)).toEqual({ virtualBytes: 1_024 });
    expect(judge(Buffer.from([0xeb, 0x63, 0x90]), 'raw', 3)).toEqual({ virtualBytes: 512 });
  });

  it.each(['qcow2', 'vmdk', 'vdi', 'vhdx', 'vpc', 'qed'])(
    'is refused when it is a file of kind %s',
    (name) => {
      expect(judge(fixture(name), 'raw')).toHaveProperty('refused');
    },
  );

  it.each([
    ['\x1f\x8b\x08', 'a gzip archive: unpack it first'],
    ['\xfd7zXZ\0', 'an xz archive: unpack it first'],
    ['PK\x03\x04', 'a zip archive: unpack it first'],
    ['<!DOCTYPE html>', 'a web page'],
    ['# Disk DescriptorFile\nversion=1', 'a VMDK image'],
  ])('is refused when it begins with %j', (start, what) => {
    expect(judge(Buffer.from(start, 'latin1'), 'raw')).toEqual({
      refused: `is not a raw image, but ${what}`,
    });
  });
});
