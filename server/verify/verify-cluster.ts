import { collect, type Collection } from './collect';
import { judge, type Judged } from './judge';

/** Looks at everything and judges; writes nothing. A clean cluster has none. */
export async function verifyCluster(from: Collection): Promise<Judged[]> {
  return judge(await collect(from));
}
