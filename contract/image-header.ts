// What a disk image says of itself in its first bytes. Invariant: nothing passes that would make a tool open another file, and nothing is
// ever probed: the one who adds an image says what it is, and an image that is something else is refused.
// The layout is QEMU's docs/interop/qcow2.txt.
import { type ForeignFormat, imageLimits } from './schemas/image';

export type ImageHead = {
  format: ForeignFormat;
  /** The first `imageLimits.headBytes` of the file, or all of it. */
  head: Uint8Array;
  /** Of the whole file. */
  bytes: number;
};

/** `refused` completes "The image …". */
export type ImageVerdict = { virtualBytes: number } | { refused: string };

const sectorBytes = 512;

export function judgeImage({ format, head, bytes }: ImageHead): ImageVerdict {
  const found = recognise(head);
  if (format === 'qcow2') {
    if (found !== 'qcow2')
      return { refused: `is not a qcow2 image${found ? `, but ${article[found]}` : ''}` };
    return withinLimits(readQcow2(head));
  }
  if (found) return { refused: `is not a raw image, but ${article[found]}` };
  return withinLimits({ virtualBytes: Math.ceil(bytes / sectorBytes) * sectorBytes });
}

function withinLimits(verdict: ImageVerdict): ImageVerdict {
  if ('refused' in verdict) return verdict;
  if (verdict.virtualBytes === 0) return { refused: 'describes an empty disk' };
  if (verdict.virtualBytes > imageLimits.virtualBytes)
    return { refused: `describes a disk of more than ${imageLimits.virtualBytes / 1024 ** 4} TiB` };
  return verdict;
}

const article = {
  qcow2: 'a qcow2 image',
  vmdk: 'a VMDK image',
  vdi: 'a VDI image',
  vhd: 'a VHD image',
  vhdx: 'a VHDX image',
  qed: 'a QED image',
  gzip: 'a gzip archive: unpack it first',
  xz: 'an xz archive: unpack it first',
  zstd: 'a zstd archive: unpack it first',
  bzip2: 'a bzip2 archive: unpack it first',
  zip: 'a zip archive: unpack it first',
  tar: 'a tar archive: unpack it first',
  page: 'a web page',
} as const;
type Kind = keyof typeof article;

const marks: readonly { kind: Kind; at: number; text: string }[] = [
  { kind: 'qcow2', at: 0, text: 'QFI\xfb' },
  { kind: 'vmdk', at: 0, text: 'KDMV' },
  { kind: 'vmdk', at: 0, text: 'COWD' },
  { kind: 'vmdk', at: 0, text: '# Disk DescriptorFile' },
  { kind: 'vdi', at: 64, text: '\x7f\x10\xda\xbe' },
  { kind: 'vhd', at: 0, text: 'conectix' },
  { kind: 'vhdx', at: 0, text: 'vhdxfile' },
  { kind: 'qed', at: 0, text: 'QED\0' },
  { kind: 'gzip', at: 0, text: '\x1f\x8b\x08' },
  { kind: 'xz', at: 0, text: '\xfd7zXZ\0' },
  { kind: 'zstd', at: 0, text: '\x28\xb5\x2f\xfd' },
  { kind: 'bzip2', at: 0, text: 'BZh' },
  { kind: 'zip', at: 0, text: 'PK\x03\x04' },
  { kind: 'tar', at: 257, text: 'ustar' },
  { kind: 'page', at: 0, text: '<!DOCTYPE' },
  { kind: 'page', at: 0, text: '<!doctype' },
  { kind: 'page', at: 0, text: '<html' },
];

function recognise(head: Uint8Array): Kind | null {
  const has = (at: number, text: string) =>
    [...text].every((character, index) => head[at + index] === character.charCodeAt(0));
  return marks.find(({ at, text }) => has(at, text))?.kind ?? null;
}

const headerBytes = { 2: 72, 3: 104 } as const;
/** Bits of the incompatible features that a tool may meet: dirty, compression type, extended L2 entries. */
const harmlessFeatures = 0b11001n;
const features = { corrupt: 1n << 1n, dataFile: 1n << 2n } as const;
const extensions = { end: 0, dataFile: 0x44415441, encryption: 0x0537be77 } as const;

function readQcow2(head: Uint8Array): ImageVerdict {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head.byteLength < headerBytes[2]) return { refused: 'ends within its header' };
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) return { refused: `is of the unknown qcow2 version ${version}` };
  if (head.byteLength < headerBytes[version]) return { refused: 'ends within its header' };
  const clusterBits = view.getUint32(20);
  if (clusterBits < 9 || clusterBits > 21) return { refused: `has clusters of 2^${clusterBits} bytes` };
  if (view.getBigUint64(8) !== 0n || view.getUint32(16) !== 0)
    return { refused: 'has a backing file: convert it into one that stands alone' };
  if (view.getUint32(32) !== 0) return { refused: 'is encrypted' };
  const why = version === 3 ? whyNotFeatures(view) : null;
  const extension = why ?? whyNotExtensions(view, version);
  if (extension) return { refused: extension };
  const virtual = view.getBigUint64(24);
  // More than a number can hold exactly is more than the limit in any case.
  return { virtualBytes: virtual > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : Number(virtual) };
}

function whyNotFeatures(view: DataView): string | null {
  const found = view.getBigUint64(72);
  if (found & features.dataFile) return 'keeps its data in another file';
  if (found & features.corrupt) return 'is marked as corrupt';
  if (found & ~harmlessFeatures) return 'uses features that are not known';
  return null;
}

/** They follow upon the header, each with its type and length, padded to 8 bytes. */
function whyNotExtensions(view: DataView, version: 2 | 3): string | null {
  let at = version === 2 ? headerBytes[2] : view.getUint32(100);
  if (at < headerBytes[version]) return 'has a broken header';
  while (at + 8 <= view.byteLength) {
    const type = view.getUint32(at);
    if (type === extensions.end) return null;
    if (type === extensions.dataFile) return 'keeps its data in another file';
    if (type === extensions.encryption) return 'is encrypted';
    at += 8 + Math.ceil(view.getUint32(at + 4) / 8) * 8;
  }
  return 'has a header that does not end';
}
