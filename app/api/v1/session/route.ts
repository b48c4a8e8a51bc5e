import { Session } from '@/contract/schemas/user';
import { route } from '@/server/http/route';
import { getSession } from '@/server/usecases/session';

export const GET = route({ access: 'session.view', answers: Session })(({ ctx }) => getSession(ctx));
