// Which instances and nodes a job works on.
import { z } from 'zod';
import { Id } from '@/contract/names';

const Params = z.looseObject({ toInstanceId: Id.optional() });

/** Ids: its target's, and that of the instance which the target hands something to. */
export function workedOn({ targetId, params }: { targetId: string; params: unknown }): string[] {
  const other = Params.safeParse(params).data?.toInstanceId;
  return other === undefined ? [targetId] : [targetId, other];
}
