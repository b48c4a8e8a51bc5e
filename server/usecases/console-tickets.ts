import { AppError } from '@/contract/errors';
import type { ConsoleKind, ConsoleTicket } from '@/contract/schemas/instance';
import { whyNot } from '@/contract/instance-actions';
import { InstanceStatus } from '@/contract/states';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { issueTicket } from '../console/tickets';
import { recordAudit } from '../db/audit';
import { transact } from '../db/transact';
import { instanceTarget } from './instances';
import { refusalText } from './refusal-text';

/** A one-time pass for the instance's screen or serial line. */
export async function createConsoleTicket(
  ctx: Ctx,
  { id, kind }: { id: string; kind: ConsoleKind },
): Promise<ConsoleTicket> {
  const target = await instanceTarget(ctx.db, id);
  const actor = await authorize(ctx, 'instance.console', target);
  return transact(ctx.db, async (tx) => {
    const instance = await tx.instance.findUnique({
      where: { id },
      select: { name: true, status: true, ownerId: true },
    });
    if (!instance) throw notFound(target);
    const reason = whyNot(kind, InstanceStatus.parse(instance.status), false);
    if (reason)
      throw new AppError(
        'wrong_state',
        `Cannot open the ${kind} of ${instance.name}: ${refusalText[reason]}`,
        {
          details: { reason },
        },
      );
    const ticket = await issueTicket(tx, { actor, instanceId: id, kind });
    await recordAudit(tx, {
      action: 'instance.console',
      outcome: 'accepted',
      actor,
      address: actor.address,
      target: { kind: 'instance', id, name: instance.name },
      ownerId: instance.ownerId,
      details: { kind },
    });
    return ticket;
  });
}
