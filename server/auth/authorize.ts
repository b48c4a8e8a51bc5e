// The first thing in every use case: may the one who asks do this, to this target? Decided by contract/permissions alone.
// Invariant: what one may not know exists answers exactly as what does not exist; refusals are in the audit.
import { AppError } from '@/contract/errors';
import { isAllowed, permissions, type Action, type Relation } from '@/contract/permissions';
import type { Db } from '../db/client';
import type { Actor } from './actor';
import { recordRefusal } from './refusals';

/** What a use case gets besides its input. `actor`: null for someone who is not signed in. */
export type Ctx = {
  db: Db;
  actor: Actor | null;
  /** Remote address, for those who are not signed in. */
  address?: string | null;
};

/** What an action is done to. `ownerId` and `userId` decide the relation; without both, as for an unknown id, there is none. */
export type Target = {
  kind: 'instance' | 'node' | 'cluster' | 'job' | 'user' | 'quota' | 'image';
  id: string;
  /** For the audit alone. */
  name?: string;
  ownerId?: string | null;
  userId?: string | null;
};

/** Answers who asks, or refuses. Actions that also anonymous visitors may do need `authorizeAnyone`. */
export async function authorize(ctx: Ctx, action: Action, target?: Target): Promise<Actor> {
  const { actor } = ctx;
  if (!actor) throw new AppError('unauthenticated', 'Sign in first');
  if (isAllowed(action, relationsOf(actor, target))) return actor;
  await recordRefusal(ctx.db, {
    action,
    outcome: 'refused',
    actor,
    address: actor.address ?? ctx.address,
    // Only operators read refusals, so the name tells the refused actor nothing.
    target: target ? { kind: target.kind, id: target.id, name: target.name } : null,
  });
  if (target && dependsOnTarget(action)) throw notFound(target);
  throw new AppError('forbidden', 'You may not do this', { details: { action } });
}

/** Refuses only what the table does not allow to anonymous visitors. */
export async function authorizeAnyone(ctx: Ctx, action: Action): Promise<void> {
  if (isAllowed(action, ['anonymous'])) return;
  await authorize(ctx, action);
}

/** The refusal for an id that is unknown, and for one that the actor may not know. */
export function notFound(target: Pick<Target, 'kind' | 'id'>): AppError {
  return new AppError('not_found', `There is no ${target.kind} with the id ${target.id}`);
}

/** Whether the answer depends on whose the target is; else the role alone decides, before anything is read. */
export function dependsOnTarget(action: Action): boolean {
  const allows: readonly Relation[] = permissions[action].allows;
  return allows.includes('self') || allows.includes('owner');
}

/** Everything that someone is to a target; without an actor nothing but a visitor. */
export function relationsOf(actor: Actor | null, target?: Target): Relation[] {
  if (!actor) return ['anonymous'];
  const relations: Relation[] = ['anonymous', 'member'];
  if (actor.role === 'operator') relations.push('operator');
  if (target?.ownerId === actor.userId) relations.push('owner');
  if (target?.userId === actor.userId) relations.push('self');
  return relations;
}
