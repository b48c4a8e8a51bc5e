// Users as the API answers them: operators see everybody, others themselves.
import { UserRole, type User, type UserListQuery } from '@/contract/schemas/user';
import type { Queryable } from './client';
import type { Prisma } from './generated/client';
import { escapeLike, toTimestamp, toTimestampOrNull, visibleOwner, type Viewer } from './viewer';

const userColumns = {
  id: true,
  login: true,
  name: true,
  role: true,
  disabled: true,
  passwordHash: true,
  lastSignInAt: true,
  createdAt: true,
  _count: { select: { instances: true } },
} as const satisfies Prisma.UserSelect;
type UserRow = Prisma.UserGetPayload<{ select: typeof userColumns }>;

export function userView(row: UserRow): User {
  return {
    id: row.id,
    login: row.login,
    name: row.name,
    role: UserRole.parse(row.role),
    disabled: row.disabled,
    hasPassword: row.passwordHash !== null,
    instances: row._count.instances,
    lastSignInAt: toTimestampOrNull(row.lastSignInAt),
    createdAt: toTimestamp(row.createdAt),
  };
}

export async function loadUsers(db: Queryable, ids: string[], viewer: Viewer): Promise<Map<string, User>> {
  const rows = await db.user.findMany({
    where: { AND: [{ id: { in: ids } }, { id: visibleOwner(viewer) }] },
    select: userColumns,
  });
  return new Map(rows.map((row) => [row.id, userView(row)]));
}

/** For operators: the use case has checked that. */
export async function listUserViews(
  db: Queryable,
  { search, role, page, pageSize }: UserListQuery,
): Promise<{ items: User[]; total: number }> {
  const contains = { contains: escapeLike(search), mode: 'insensitive' as const };
  const where: Prisma.UserWhereInput = {
    role,
    OR: search ? [{ login: contains }, { name: contains }] : undefined,
  };
  const [total, rows] = await Promise.all([
    db.user.count({ where }),
    db.user.findMany({
      where,
      select: userColumns,
      orderBy: [{ login: 'asc' }],
      skip: (page - 1) * pageSize,
      take: pageSize,
    }),
  ]);
  return { total, items: rows.map(userView) };
}
