// Brings the bytes of a disk that nobody uses from one node to another, and breaks that off.
import { AppError } from '@/contract/errors';
import type { NodeDisk } from '@/contract/schemas/disk';
import { addressOf } from './node-disks';
import { callAgent, type InstanceNode } from './placed-instance';
import type { Ctx } from './services';
import { unlessUnavailable } from './unless-unavailable';

/** The same disk, as each of the two nodes is told of it. */
export type DiskEnds = { source: InstanceNode; target: InstanceNode; from: NodeDisk; to: NodeDisk };

/** A sender tells far more often how far it is. */
const quietMs = 60_000;

/** Resolves when all of it is on the target's medium. From the beginning each time: what came before it means nothing. */
export async function copyDisk(
  ctx: Ctx,
  { source, target, from, to }: DiskEnds,
  onProgress: (done: number) => void,
): Promise<void> {
  const address = addressOf(target);
  const door = await callAgent(ctx, { node: target }, 'disk.receive', { ...to, address });
  await unlessSilent(ctx, source, (signal, heard) =>
    callAgent(
      ctx,
      {
        node: source,
        signal,
        onProgress: (done) => {
          heard();
          onProgress(done);
        },
      },
      'disk.send',
      { ...from, ...door },
    ),
  );
  await callAgent(ctx, { node: target }, 'disk.endCopy', { ...to, arrived: true });
}

/** On both nodes, as far as they answer: agents end by themselves what they find when they are back. */
export async function breakOffCopy(ctx: Ctx, { source, target, from, to }: DiskEnds): Promise<void> {
  await unlessUnavailable(ctx, source, () =>
    callAgent(ctx, { node: source }, 'disk.endCopy', { ...from, arrived: false }),
  );
  await unlessUnavailable(ctx, target, () =>
    callAgent(ctx, { node: target }, 'disk.endCopy', { ...to, arrived: false }),
  );
}

/** A node that lost its power leaves its connection "open": it is waited for only as long as it speaks. */
async function unlessSilent(
  ctx: Ctx,
  { name }: InstanceNode,
  work: (signal: AbortSignal, heard: () => void) => Promise<unknown>,
): Promise<void> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), quietMs);
  try {
    await work(AbortSignal.any([ctx.signal, silence.signal]), () => timer.refresh());
  } catch (error) {
    if (!silence.signal.aborted || ctx.signal.aborted) throw error;
    throw new AppError('timeout', `${name} said nothing for ${quietMs / 1000} s while it sent a disk`, {
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    // Whoever still listens to the two signals together is let go of only when one of them aborts.
    silence.abort();
  }
}
