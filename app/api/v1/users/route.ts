import { UserCreate, UserCreated, UserListQuery, UserPage } from '@/contract/schemas/user';
import { route } from '@/server/http/route';
import { createUser, listUsers } from '@/server/usecases/users';

export const GET = route({ access: 'user.list', query: UserListQuery, answers: UserPage })(({ ctx, query }) =>
  listUsers(ctx, query),
);

export const POST = route({ access: 'user.create', body: UserCreate, answers: UserCreated, status: 201 })(
  ({ ctx, body }) => createUser(ctx, body),
);
