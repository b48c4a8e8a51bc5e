// Serialises decisions about what fits where in a cluster: held until the transaction ends.
import type { Tx } from '../db/client';

const allocationLock = 4_714_003;

export async function lockAllocation(tx: Tx, clusterId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${allocationLock}::int, hashtext(${clusterId}))`;
}
