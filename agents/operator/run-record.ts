// What became of commands, by run id, in `<folder>/<run id>.json`. Invariant: a command whose start is written down is not started again,
// whatever ended the agent meanwhile.
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { readText, writeDurably } from '../durable-file';
import { ifMissing } from '../missing-file';

const RunRecord = z.object({
  exitCode: z.number().int().nullable(),
  lines: z.array(z.string()),
});
/** `exitCode` null: begun, and not known to have ended. */
export type RunRecord = z.infer<typeof RunRecord>;

const keptMs = 7 * 86_400_000;

export async function readRun(folder: string, runId: string): Promise<RunRecord | null> {
  const text = await readText(fileOf(folder, runId));
  return text === null ? null : RunRecord.parse(JSON.parse(text));
}

export async function writeRun(folder: string, runId: string, record: RunRecord): Promise<void> {
  await writeDurably(fileOf(folder, runId), JSON.stringify(record));
}

/** Nobody asks for those of last week again. */
export async function forgetOldRuns(folder: string, now = Date.now()): Promise<void> {
  const names = await readdir(folder).catch(ifMissing<string[]>([]));
  for (const name of names) {
    const file = path.join(folder, name);
    const found = await stat(file).catch(ifMissing(null));
    if (found && now - found.mtimeMs > keptMs) await rm(file, { force: true });
  }
}

const fileOf = (folder: string, runId: string) => path.join(folder, `${runId}.json`);
