// Writes a cpio archive in the "newc" format, which the Linux kernel unpacks as its first root file system.
export type CpioEntry = { path: string; mode: number; data: Buffer };

export const fileType = { folder: 0o040000, file: 0o100000, link: 0o120000, device: 0o020000 } as const;

/** Paths are relative; a link's data is its target. Everything belongs to root. Same entries, same bytes. */
export function packNewc(
  entries: CpioEntry[],
  devices: { path: string; major: number; minor: number }[] = [],
): Buffer {
  const members = [
    ...entries.map((entry) => ({ ...entry, major: 0, minor: 0 })),
    ...devices.map((device) => ({ ...device, mode: fileType.device | 0o600, data: Buffer.alloc(0) })),
    { path: 'TRAILER!!!', mode: 0, data: Buffer.alloc(0), major: 0, minor: 0 },
  ];
  return Buffer.concat(members.flatMap((member, index) => [header(member, index + 1), padded(member.data)]));
}

type Member = CpioEntry & { major: number; minor: number };

function header({ path, mode, data, major, minor }: Member, inode: number): Buffer {
  const name = Buffer.from(`${path}\0`);
  const links = (mode & 0o170000) === fileType.folder ? 2 : 1;
  const fields = [inode, mode, 0, 0, links, 0, data.length, 0, 0, major, minor, name.length, 0];
  const hex = fields.map((field) => field.toString(16).padStart(8, '0')).join('');
  return padded(Buffer.concat([Buffer.from(`070701${hex}`), name]));
}

function padded(data: Buffer): Buffer {
  const over = data.length % 4;
  return over === 0 ? data : Buffer.concat([data, Buffer.alloc(4 - over)]);
}
