// One agent per data folder: a pid file that only counts while its process lives, so a killed agent leaves no lock behind.
import { randomBytes } from 'node:crypto';
import { link, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@/contract/errors';
import { makeFolder, readText } from './durable-file';
import { readStartTime } from './tools/proc/process';

/** Takes the folder or throws `busy`; answers the function that gives it back. */
export async function lockDataFolder(dataDir: string): Promise<() => Promise<void>> {
  await makeFolder(dataDir);
  const file = path.join(dataDir, 'agent.pid');
  const mine = `${process.pid} ${await readStartTime(process.pid)}`;
  const aside = `${file}.${randomBytes(4).toString('hex')}`;
  await writeFile(aside, mine, { mode: 0o600 });
  try {
    while (!(await tryLink(aside, file))) await removeIfStale(file, dataDir);
  } finally {
    await rm(aside, { force: true });
  }
  return async () => {
    if ((await readText(file)) === mine) await rm(file, { force: true });
  };
}

/** Hard links are made atomically and fail where the name exists. */
async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function removeIfStale(file: string, dataDir: string): Promise<void> {
  const holder = await readText(file);
  if (holder === null) return;
  const [pid = '', startTime = ''] = holder.split(' ');
  if ((await readStartTime(Number(pid))) === Number(startTime))
    throw new AppError('busy', `Another agent (process ${pid}) already works in ${dataDir}`);
  await rm(file, { force: true });
}
