import { AppError } from '@/contract/errors';
import { authorizeAnyone, type Ctx } from '../auth/authorize';

/** Answers when the console can work, which it cannot without its database. */
export async function getHealth(ctx: Ctx): Promise<{ ok: true }> {
  await authorizeAnyone(ctx, 'health.view');
  await ctx.db.$queryRaw`SELECT 1`.catch((cause: unknown) => {
    throw new AppError('unavailable', 'The database does not answer', { cause });
  });
  return { ok: true };
}
