// Minors, ports and secrets of mirrors, reserved in the database with the disks they belong to: they go when the disk's row goes, so a job that
// fails gives them back by deleting what it had added. The caller holds the cluster's allocation lock.
import { randomBytes } from 'node:crypto';
import { AppError } from '@/contract/errors';
import type { Tx } from '../db/client';

/** DRBD's ports in a cluster, one for each mirror, the same on both nodes. */
export const mirrorPorts = { first: 11_000, last: 14_999 } as const;
export const mostMinors = 4_096;

export async function reserveMirror(
  tx: Tx,
  { diskId, clusterId, nodeIds }: { diskId: string; clusterId: string; nodeIds: readonly [string, string] },
): Promise<void> {
  const port = await freePort(tx, clusterId);
  const secret = randomBytes(20).toString('hex');
  await tx.mirror.create({ data: { diskId, clusterId, port, secret } });
  for (const [end, nodeId] of nodeIds.entries()) await reserveSide(tx, { diskId, nodeId, end });
}

export async function reserveSide(
  tx: Tx,
  { diskId, nodeId, end }: { diskId: string; nodeId: string; end: number },
): Promise<void> {
  await tx.mirrorSide.create({ data: { diskId, nodeId, end, minor: await freeMinor(tx, nodeId) } });
}

async function freePort(tx: Tx, clusterId: string): Promise<number> {
  const rows = await tx.mirror.findMany({ where: { clusterId }, select: { port: true } });
  const { first, last } = mirrorPorts;
  const port = smallestFree(
    rows.map((row) => row.port),
    { first, last },
  );
  if (port !== null) return port;
  throw new AppError('no_resources', `All ports for mirrors (${first} to ${last}) are in use`);
}

async function freeMinor(tx: Tx, nodeId: string): Promise<number> {
  const rows = await tx.mirrorSide.findMany({ where: { nodeId }, select: { minor: true } });
  const minor = smallestFree(
    rows.map((row) => row.minor),
    { first: 0, last: mostMinors - 1 },
  );
  if (minor !== null) return minor;
  throw new AppError('no_resources', `The node has no DRBD minor left (${mostMinors} are in use)`);
}

export function smallestFree(
  taken: number[],
  { first, last }: { first: number; last: number },
): number | null {
  const used = new Set(taken);
  for (let candidate = first; candidate <= last; candidate += 1) if (!used.has(candidate)) return candidate;
  return null;
}
