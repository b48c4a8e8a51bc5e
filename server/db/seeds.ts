// What cloud-init in a guest is told. It may hold secrets: nothing but this reads and writes it, besides what tells the nodes.
import { Seed } from '@/contract/schemas/seed';
import type { Queryable, Tx } from './client';
import { Prisma } from './generated/client';

/** undefined where the instance does not exist. */
export async function loadSeed(db: Queryable, instanceId: string): Promise<Seed | null | undefined> {
  const instance = await db.instance.findUnique({ where: { id: instanceId }, select: { seed: true } });
  return instance ? Seed.nullable().parse(instance.seed) : undefined;
}

export async function storeSeed(tx: Tx, instanceId: string, seed: Seed | null): Promise<void> {
  await tx.instance.update({ where: { id: instanceId }, data: { seed: seed ?? Prisma.DbNull } });
}
