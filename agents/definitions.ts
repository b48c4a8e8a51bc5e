// The definitions of the instances that this node keeps, in memory and as `<data>/instances/<id>/definition.json`.
// They let instances be found again after a restart, and the inventory be rebuilt from the nodes after a loss of the database. Both nodes of
// a mirrored instance keep it, each with its own view of the disks.
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { InstanceDefinition } from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';
import type { DiskMode, NodeDisk } from '@/contract/schemas/disk';
import { makeFolder, readText, syncFolder, writeDurably } from './durable-file';
import { wordsOf, type Log } from './log';

export type Definitions = {
  list(): InstanceDefinition[];
  get(instanceId: string): InstanceDefinition | undefined;
  /** `not_found` when the node has no such instance. */
  need(instanceId: string): InstanceDefinition;
  keep(definition: InstanceDefinition): Promise<void>;
  forget(instanceId: string): Promise<void>;
};

export async function openDefinitions(dataDir: string, log: Log): Promise<Definitions> {
  const folder = path.join(dataDir, 'instances');
  await makeFolder(folder);
  const known = await readAll(folder, log);
  const fileOf = (id: string) => path.join(folder, id, 'definition.json');
  return {
    list: () => [...known.values()],
    get: (id) => known.get(id),
    need: (id) => {
      const definition = known.get(id);
      if (!definition)
        throw new AppError('not_found', 'The node does not know this instance', {
          details: { instanceId: id },
        });
      return definition;
    },
    keep: async (definition) => {
      const text = JSON.stringify(definition);
      if (JSON.stringify(known.get(definition.id)) === text) return;
      await writeDurably(fileOf(definition.id), text);
      known.set(definition.id, definition);
    },
    forget: async (id) => {
      await rm(path.join(folder, id), { recursive: true, force: true });
      await syncFolder(folder);
      known.delete(id);
    },
  };
}

type DefinedDisk = NodeDisk & { index: number; mode: DiskMode };

/** Agents of before disks had specs kept disks without: those of their templates have nothing to say in one. */
const WithoutSpecs = z.looseObject({
  diskTemplate: z.enum(['file', 'simulated']),
  disks: z.array(z.looseObject({})),
});
const KeptDefinition = z.preprocess((kept) => {
  const old = WithoutSpecs.safeParse(kept).data;
  const addSpec = (disk: object) => ({ spec: { template: old?.diskTemplate }, ...disk });
  return old ? { ...old, disks: old.disks.map(addSpec) } : kept;
}, InstanceDefinition);

/** The disks of an instance as drivers take them, in the order of their indexes. */
export function disksOf({ id: instanceId, disks }: InstanceDefinition): DefinedDisk[] {
  const sorted = disks.toSorted((a, b) => a.index - b.index);
  return sorted.map(({ id: diskId, index, sizeMiB, spec, mode = 'rw' }) => ({
    ...{ instanceId, diskId, sizeMiB, spec },
    ...{ index, mode },
  }));
}

async function readAll(folder: string, log: Log): Promise<Map<string, InstanceDefinition>> {
  const known = new Map<string, InstanceDefinition>();
  for (const id of await readdir(folder)) {
    try {
      const text = await readText(path.join(folder, id, 'definition.json'));
      if (text !== null) known.set(id, KeptDefinition.parse(JSON.parse(text)));
    } catch (error) {
      log(`Cannot read the definition of instance ${id}: ${wordsOf(error)}`);
    }
  }
  return known;
}
