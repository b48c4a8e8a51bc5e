// Writes a small CD (ISO 9660 with Joliet, so that Linux and Windows read the names as they are) of a few files in one folder. Pure, and the
// same content gives the same bytes: both nodes of a mirrored instance make the same CD. See ECMA-119, and Microsoft's Joliet specification.
export type CdFile = { name: string; content: Buffer };

const sector = 2_048;
/** The first 16 sectors belong to the system. */
const firstSector = 16;
const layout = {
  primary: firstSector,
  joliet: firstSector + 1,
  end: firstSector + 2,
  // Little and big endian, for each of the two trees.
  pathTables: firstSector + 3,
  primaryRoot: firstSector + 7,
  jolietRoot: firstSector + 8,
  files: firstSector + 9,
};
/** A root directory, or a path table, fits into one sector. */
const mostFiles = 10;

type Placed = CdFile & { at: number };
type Tree = { encode: (name: string) => Buffer; root: number; tables: number; escape: string };

/** `name` in ISO 9660 itself: upper case, with a version. Linux shows it in lower case without it. */
const plain: Tree = {
  encode: (name) => Buffer.from(`${name.toUpperCase()}.;1`, 'ascii'),
  ...{ root: layout.primaryRoot, tables: layout.pathTables, escape: '' },
};
const joliet: Tree = {
  encode: (name) => Buffer.from(name, 'utf16le').swap16(),
  ...{ root: layout.jolietRoot, tables: layout.pathTables + 2, escape: '%/E' },
};

export function makeCd({ label, files }: { label: string; files: readonly CdFile[] }): Buffer {
  if (files.length > mostFiles) throw new Error('Too many files for such a CD');
  let next = layout.files;
  const placed = files
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((file) => {
      const at = next;
      next += Math.max(1, Math.ceil(file.content.length / sector));
      return { ...file, at };
    });
  const cd = Buffer.alloc(next * sector);
  writeDescriptor(cd, { at: layout.primary, type: 1, label, sectors: next, tree: plain });
  writeDescriptor(cd, { at: layout.joliet, type: 2, label, sectors: next, tree: joliet });
  cd.writeUInt8(255, layout.end * sector);
  cd.write('CD001\x01', layout.end * sector + 1, 'latin1');
  for (const tree of [plain, joliet]) {
    writePathTables(cd, tree);
    writeRoot(cd, tree, placed);
  }
  for (const { at, content } of placed) content.copy(cd, at * sector);
  return cd;
}

type Descriptor = { at: number; type: 1 | 2; label: string; sectors: number; tree: Tree };

function writeDescriptor(cd: Buffer, { at, type, label, sectors, tree }: Descriptor): void {
  const field = cd.subarray(at * sector, (at + 1) * sector);
  const pad = (length: number) =>
    tree.encode === joliet.encode
      ? Buffer.from(' '.repeat(length / 2), 'utf16le').swap16()
      : Buffer.alloc(length, ' ');
  const name = tree.encode === joliet.encode ? tree.encode(label) : Buffer.from(label, 'ascii');
  field.writeUInt8(type, 0);
  field.write('CD001\x01', 1, 'latin1');
  for (const [from, length] of texts) pad(length).copy(field, from);
  name.copy(field, 40);
  bothEndian32(field, 80, sectors);
  field.write(tree.escape, 88, 'latin1');
  bothEndian16(field, 120, 1);
  bothEndian16(field, 124, 1);
  bothEndian16(field, 128, sector);
  bothEndian32(field, 132, pathTableBytes);
  field.writeUInt32LE(tree.tables, 140);
  field.writeUInt32BE(tree.tables + 1, 148);
  record({ name: Buffer.from([0]), at: tree.root, bytes: sector, isFolder: true }).copy(field, 156);
  for (const from of [813, 830, 847, 864]) noTime.copy(field, from);
  field.writeUInt8(1, 881);
}

/** [from, length] of the texts of a descriptor: system, volume, volume set, publisher, preparer, application, and names of three files. */
const texts = [
  ...([
    [8, 32],
    [40, 32],
    [190, 128],
    [318, 128],
    [446, 128],
    [574, 128],
  ] as const),
  ...([
    [702, 37],
    [739, 37],
    [776, 37],
  ] as const),
] as const;
/** Sixteen digits and a time zone: no time at all. */
const noTime = Buffer.from('0000000000000000\0', 'latin1');
const pathTableBytes = 10;

/** Of the root alone, in both byte orders. */
function writePathTables(cd: Buffer, { root, tables }: Tree): void {
  const little = cd.subarray(tables * sector);
  little.writeUInt8(1, 0);
  little.writeUInt32LE(root, 2);
  little.writeUInt16LE(1, 6);
  const big = cd.subarray((tables + 1) * sector);
  big.writeUInt8(1, 0);
  big.writeUInt32BE(root, 2);
  big.writeUInt16BE(1, 6);
}

function writeRoot(cd: Buffer, { root, encode }: Tree, files: readonly Placed[]): void {
  const self = { at: root, bytes: sector, isFolder: true };
  const records = [
    record({ ...self, name: Buffer.from([0]) }),
    record({ ...self, name: Buffer.from([1]) }),
    ...files.map(({ name, at, content }) =>
      record({ name: encode(name), at, bytes: content.length, isFolder: false }),
    ),
  ];
  Buffer.concat(records).copy(cd, root * sector);
}

type Entry = { name: Buffer; at: number; bytes: number; isFolder: boolean };

/** Its length is even, whatever the length of its name. */
function record({ name, at, bytes, isFolder }: Entry): Buffer {
  const entry = Buffer.alloc(33 + name.length + ((name.length + 1) % 2));
  entry.writeUInt8(entry.length, 0);
  bothEndian32(entry, 2, at);
  bothEndian32(entry, 10, bytes);
  // 1 January 1970: the same content is the same CD.
  Buffer.from([70, 1, 1, 0, 0, 0, 0]).copy(entry, 18);
  entry.writeUInt8(isFolder ? 2 : 0, 25);
  bothEndian16(entry, 28, 1);
  entry.writeUInt8(name.length, 32);
  name.copy(entry, 33);
  return entry;
}

function bothEndian16(field: Buffer, at: number, value: number): void {
  field.writeUInt16LE(value, at);
  field.writeUInt16BE(value, at + 2);
}

function bothEndian32(field: Buffer, at: number, value: number): void {
  field.writeUInt32LE(value, at);
  field.writeUInt32BE(value, at + 4);
}
