import { prefetch, Prefetched } from '@/client/prefetched';
import { usersQuery } from '@/client/users';
import { parseListQuery } from '@/components/table/list-query';
import { UsersTable } from '@/components/users/UsersTable';
import { UserListQuery } from '@/contract/schemas/user';
import { pageActor } from '@/server/auth/page-actor';
import { listUsers } from '@/server/usecases/users';

export default async function UsersPage({ searchParams }: PageProps<'/users'>) {
  const ctx = await pageActor();
  const query = parseListQuery(UserListQuery, await searchParams);
  return (
    <Prefetched queries={[prefetch(usersQuery(query), () => listUsers(ctx, query))]}>
      <UsersTable />
    </Prefetched>
  );
}
