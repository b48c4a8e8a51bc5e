// Who is ended first when the machine's memory runs out.
import { readFile, writeFile } from 'node:fs/promises';

/** An agent may be spared. What it starts and what outlives it inherits that, and is not to be spared. */
export async function spareNoLonger(pid: number): Promise<void> {
  const own = Number(await readFile('/proc/self/oom_score_adj', 'utf8'));
  // It may have ended already.
  if (own < 0) await writeFile(`/proc/${pid}/oom_score_adj`, '0').catch(() => {});
}
