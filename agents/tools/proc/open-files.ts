// How often a process has a file open, by the links that the kernel shows of its descriptors.
import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ifMissing } from '../../missing-file';

/** Of the file that its descriptor `fd` stands for, that one among them; 0 where it has ended. */
export async function countDescriptors(pid: number, fd: number): Promise<number> {
  const folder = join('/proc', String(pid), 'fd');
  const names = await readdir(folder).catch(ifMissing<string[]>([]));
  const links = await Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => '')));
  const file = links[names.indexOf(String(fd))];
  return file ? links.filter((link) => link === file).length : 0;
}
