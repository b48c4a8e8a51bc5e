// The files that the scripts import and export of an OS read and write, and how far they have got with them.
import { open, readFile, rm, type FileHandle } from 'node:fs/promises';
import type { Report } from '../storage/block-device';
import type { GroupRequest } from '../tools/run';
import { whileLooking } from '../while-looking';

type Work = (files: GroupRequest['files']) => Promise<void>;

/** With the file as input. Who inherits an open file moves on in it for everyone, so the kernel knows how far it has been read. */
export async function readingFile(path: string, report: Report, work: Work): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const look = async () => report.progress(Math.min(1, (await positionIn(file)) / Math.max(1, size)));
    await whileLooking(look, () => work({ stdin: file.fd }));
  } finally {
    await file.close();
  }
}

/** With the file as output, on the disk for good. How large it becomes a script may say, as text. */
export async function writingFile(path: string, report: Report, work: Work): Promise<void> {
  const sizePath = `${path}.size`;
  const file = await open(path, 'w', 0o600);
  const size = await open(sizePath, 'w', 0o600);
  const look = async () => {
    const expected = Number.parseInt(await readFile(sizePath, 'utf8'), 10);
    if (expected > 0) report.progress(Math.min(1, (await file.stat()).size / expected));
  };
  try {
    await whileLooking(look, () => work({ stdout: file.fd, size: size.fd }));
    await file.sync();
  } finally {
    await file.close();
    await size.close();
    await rm(sizePath, { force: true });
  }
}

async function positionIn({ fd }: FileHandle): Promise<number> {
  return Number(/^pos:\s*(\d+)/m.exec(await readFile(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? 0);
}
