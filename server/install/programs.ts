// The two files that an agent consists of, as this control plane hands them out: the bundle, and the Node.js that runs it.
// Each is known by its SHA-256, so that a node downloads only what it lacks and runs nothing else.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@/contract/errors';
import { env } from '../env';

/** `sha256` is hex. */
export type AgentProgram = { path: string; sizeBytes: number; sha256: string };
export type AgentPrograms = { bundle: AgentProgram; runtime: AgentProgram };

export const findBundle = () => describe(path.resolve(env().CORRAL_DIST, 'agent.mjs'));

/** The very program that runs the control plane: what runs this bundle's siblings runs the bundle. */
export const findRuntime = () => describe(process.execPath);

export async function findPrograms(): Promise<AgentPrograms> {
  const [bundle, runtime] = await Promise.all([findBundle(), findRuntime()]);
  return { bundle, runtime };
}

/** A runtime has a hundred megabytes: it is read again only when it was replaced. */
const known = new Map<string, { mark: string; sha256: Promise<string> }>();

async function describe(file: string): Promise<AgentProgram> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new AppError('unavailable', `Cannot hand out the agent: ${file} is missing; build the product`, {
      cause,
    });
  });
  const mark = [found.ino, found.size, found.mtimeMs].join();
  const kept = known.get(file);
  const sha256 = kept?.mark === mark ? kept.sha256 : hashOf(file);
  known.set(file, { mark, sha256 });
  sha256.catch(() => known.delete(file));
  return { path: file, sizeBytes: found.size, sha256: await sha256 };
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
