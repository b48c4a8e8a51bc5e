import { PasswordSet } from '@/contract/schemas/user';
import { Nothing } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { setPassword } from '@/server/usecases/password-links';

export const POST = route({ access: 'password.set', body: PasswordSet, answers: Nothing })(({ ctx, body }) =>
  setPassword(ctx, body),
);
