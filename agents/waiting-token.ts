// The join token that an installation left in the data folder for the agent's first start, so that it stands neither in arguments nor in the
// environment of a process that lives long.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { joinTokenFile } from '@/contract/agent-install';
import type { RunOptions } from './command-line';
import { readText } from './durable-file';

/** The options with the token that waits, unless another was given. */
export async function withWaitingToken(options: RunOptions): Promise<RunOptions> {
  const { join, url, dataDir } = options;
  if (join || url === null) return options;
  const token = (await readText(fileIn(dataDir)))?.trim();
  return token ? { ...options, join: { token, url } } : options;
}

/** Once the control plane has answered: a token works once, and one that was refused not at all. */
export async function forgetWaitingToken({ dataDir }: RunOptions): Promise<void> {
  await rm(fileIn(dataDir), { force: true });
}

const fileIn = (dataDir: string) => path.join(dataDir, joinTokenFile);
