import { PasswordChange } from '@/contract/schemas/user';
import { Nothing } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { changePassword } from '@/server/usecases/password';

export const POST = route({ access: 'password.change', body: PasswordChange, answers: Nothing })(
  ({ ctx, body }) => changePassword(ctx, body),
);
