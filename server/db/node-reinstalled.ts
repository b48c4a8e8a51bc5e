// A node whose machine was installed anew: what was known of its disks, its agent and its certificate is true no more.
import type { Tx } from './client';
import { Prisma } from './generated/client';

export async function forgetWhatWasOnNode(
  tx: Tx,
  { nodeId, ...known }: { nodeId: string; address: string; certificateExpiresAt: Date },
): Promise<void> {
  await tx.node.update({
    where: { id: nodeId },
    data: {
      ...{ ...known, seenAt: null, answersSince: null, clockSkewMs: null },
      ...{ facts: Prisma.DbNull, volumes: Prisma.DbNull, volumesSeenAt: null },
    },
    select: { id: true },
  });
  await tx.mirrorSide.updateMany({ where: { nodeId }, data: { status: Prisma.DbNull, seenAt: null } });
}
