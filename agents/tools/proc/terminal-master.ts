// Whose a terminal of the node is: names are given anew when their owner is gone, so a name that was written down may mean another one by now.
import { readDescriptors } from './descriptors';
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
  const masters = [...readDescriptors(pid)].filter(([, target]) => target.endsWith('/ptmx'));
  const told = await Promise.all(masters.map(([fd]) => readProc(pid, `fdinfo/${fd}`)));
  return told.some((said) => said?.split('\n').includes(`tty-index:\t${index}`));
}
