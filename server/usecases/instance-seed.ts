// What cloud-init in a guest is told. It may hold secrets, so it is written to the instance alone: job, audit and events only say that it changed.
import type { Accepted } from '@/contract/schemas/common';
import type { SeedSet } from '@/contract/schemas/seed';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { loadSeed, storeSeed } from '../db/seeds';
import { instanceTarget } from './instances';
import { order } from './order-job';

/** For those who may also change it. */
export async function getSeed(ctx: Ctx, { id }: { id: string }): Promise<SeedSet> {
  await authorize(ctx, 'instance.modify', await instanceTarget(ctx.db, id));
  const seed = await loadSeed(ctx.db, id);
  if (seed === undefined) throw notFound({ kind: 'instance', id });
  return { seed };
}

/** The guest sees it at its next start; the job tells the nodes. */
export function setSeed(ctx: Ctx, { id, seed }: { id: string } & SeedSet): Promise<Accepted> {
  return order(ctx, {
    ...{ action: 'modify', access: 'instance.modify', operation: 'instance.modify', id },
    details: { seed: seed === null ? 'none' : 'changed' },
    prepare: async (tx) => {
      await storeSeed(tx, id, seed);
      return {};
    },
  });
}
