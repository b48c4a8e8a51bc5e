import type { Session } from '@/contract/schemas/user';
import { authorize, type Ctx } from '../auth/authorize';

/** Who one is signed in as. */
export async function getSession(ctx: Ctx): Promise<Session> {
  const { userId, login, name, role } = await authorize(ctx, 'session.view');
  return { user: { id: userId, login, name, role } };
}
