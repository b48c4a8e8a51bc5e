// A folder that lasts for one test.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

export async function makeTempFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'corral-agent-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
