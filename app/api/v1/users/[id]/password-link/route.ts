import { PasswordLink } from '@/contract/schemas/user';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { makePasswordLink } from '@/server/usecases/users';

export const POST = route({ access: 'user.update', params: IdInPath, answers: PasswordLink, status: 201 })(
  ({ ctx, params }) => makePasswordLink(ctx, params),
);
