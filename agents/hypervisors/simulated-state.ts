// Which simulated instances run: one file each, so that a start or stop costs the same on a full node as on an empty one.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { InstanceDefinition } from '@/contract/agent-calls';
import { RunningMachine } from '@/contract/agent-live-calls';

const Running = z.object({
  definition: InstanceDefinition,
  since: z.string(),
  machine: RunningMachine,
  memoryMiB: z.number(),
  paused: z.boolean(),
  /** A source that was sending is none any more after a restart: nothing goes on without it. */
  migration: z.enum(['sent', 'receiving']).nullable(),
  arrived: z.boolean(),
});
export type Running = z.infer<typeof Running>;

export type RunningFiles = {
  read(): Running[];
  write(running: Running): void;
  remove(instanceId: string): void;
};

export function createRunningFiles(folder: string): RunningFiles {
  mkdirSync(folder, { recursive: true });
  const fileOf = (id: string) => path.join(folder, `${id}.json`);
  return {
    read: () =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .flatMap((name) => {
          // What an older agent left says too little; its instance has stopped then.
          const kept: unknown = JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
          return Running.safeParse(kept).data ?? [];
        }),
    write: (running) => {
      const file = fileOf(running.definition.id);
      writeFileSync(`${file}.new`, JSON.stringify(running));
      renameSync(`${file}.new`, file);
    },
    remove: (id) => rmSync(fileOf(id), { force: true }),
  };
}
