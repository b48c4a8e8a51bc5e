// The seed of an instance as a CD, beside its definition: made anew for every start, removed with the definition, for nobody else to read.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { InstanceDefinition } from '@/contract/agent-calls';
import { writeDurably } from '../durable-file';
import type { Cd } from '../hypervisors/hypervisor';
import { makeCd } from './iso9660';
import { seedFiles } from './seed-files';

/** cloud-init knows its seed by this label. */
const label = 'cidata';

/** null for an instance without a seed; what it had before is gone then. */
export async function writeSeedCd(dataDir: string, definition: InstanceDefinition): Promise<Cd | null> {
  const { id, seed } = definition;
  const file = path.join(dataDir, 'instances', id, 'seed.iso');
  if (!seed) {
    await rm(file, { force: true });
    return null;
  }
  await writeDurably(file, makeCd({ label, files: seedFiles({ ...definition, seed }) }));
  return { iso: 'seed', path: file };
}
