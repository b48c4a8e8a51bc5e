// Where block devices are mounted on this node.
import { readFile } from 'node:fs/promises';

/** Mount points of devices with these numbers (`major:minor`; an empty text is no device), the latest first. */
export async function listMounts(numbers: readonly string[]): Promise<string[]> {
  const wanted = numbers.filter((number) => number !== '');
  return parseMounts(await readFile('/proc/self/mountinfo', 'utf8'), wanted);
}

/** The same, of the text of a `mountinfo` (proc_pid_mountinfo(5)). */
export function parseMounts(mountinfo: string, numbers: readonly string[]): string[] {
  const points = mountinfo.split('\n').flatMap((line) => {
    const [, , number = '', , point = ''] = line.split(' ');
    return numbers.includes(number) ? [unescapePath(point)] : [];
  });
  return [...new Set(points)].reverse();
}

/** The kernel writes blanks and backslashes in octal. */
function unescapePath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
