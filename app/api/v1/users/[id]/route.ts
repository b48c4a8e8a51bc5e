import { User, UserUpdate } from '@/contract/schemas/user';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { getUser, updateUser } from '@/server/usecases/users';

export const GET = route({ access: 'user.view', params: IdInPath, answers: User })(({ ctx, params }) =>
  getUser(ctx, params),
);

export const PATCH = route({ access: 'user.update', params: IdInPath, body: UserUpdate, answers: User })(
  ({ ctx, params, body }) => updateUser(ctx, { ...body, ...params }),
);
