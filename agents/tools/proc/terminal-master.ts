// Whose a terminal of the node is: names are given anew when their owner is gone, so a name that was written down may mean another one by now.
import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { readProc } from './process';
import { pidsOf } from './programs';

/** Whether a living process of this program is behind the terminal, `/dev/pts/N`. */
export async function isTerminalOf(program: string, terminal: string): Promise<boolean> {
  const [, index] = /^\/dev\/pts\/(\d+)$/.exec(terminal) ?? [];
  if (index === undefined) return false;
  const found = await Promise.all((await pidsOf(program)).map((pid) => hasMaster(pid, index)));
  return found.includes(true);
}

async function hasMaster(pid: number, index: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const numbers = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    numbers.map(async (number) => {
      const target = await readlink(join(folder, number)).catch(() => '');
      if (!target.endsWith('/ptmx')) return false;
      const said = await readProc(pid, `fdinfo/${number}`);
      return said?.split('\n').includes(`tty-index:\t${index}`) ?? false;
    }),
  );
  return found.includes(true);
}
