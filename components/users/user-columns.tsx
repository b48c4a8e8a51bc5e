'use client';
import type { ColumnDef } from '@tanstack/react-table';
import { useTranslations } from 'next-intl';
import { useViewer } from '@/client/session';
import { ColumnTitle } from '@/components/table/ColumnTitle';
import { RowLink } from '@/components/table/RowLink';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { pages } from '@/contract/paths';
import type { User } from '@/contract/schemas/user';
import { UserBadge } from './UserBadge';

export const userColumns: ColumnDef<User>[] = [
  {
    id: 'name',
    header: () => <ColumnTitle text="users.columns.name" />,
    cell: ({ row: { original: user } }) => <UserName user={user} />,
    meta: { priority: 1 },
  },
  {
    id: 'login',
    header: () => <ColumnTitle text="users.columns.login" />,
    cell: ({ row: { original: user } }) => (
      <span className="block max-w-72 truncate font-mono text-[13px] text-soft">{user.login}</span>
    ),
    meta: { priority: 2 },
  },
  {
    id: 'role',
    header: () => <ColumnTitle text="users.columns.role" />,
    cell: ({ row: { original: user } }) => <RoleWord role={user.role} />,
    meta: { priority: 2, width: '8rem' },
  },
  {
    id: 'state',
    header: () => <ColumnTitle text="users.columns.state" />,
    cell: ({ row: { original: user } }) => <UserBadge user={user} />,
    meta: { priority: 1, width: '9rem' },
  },
  {
    id: 'instances',
    header: () => <ColumnTitle text="users.columns.instances" />,
    cell: ({ row: { original: user } }) => user.instances,
    meta: { priority: 3, align: 'right', width: '7rem' },
  },
  {
    id: 'lastSignIn',
    header: () => <ColumnTitle text="users.columns.lastSignIn" />,
    cell: ({ row: { original: user } }) => (
      <RelativeTime at={user.lastSignInAt} className="whitespace-nowrap text-soft" />
    ),
    meta: { priority: 3, width: '9rem' },
  },
];

function UserName({ user }: { user: User }) {
  const t = useTranslations('users');
  const viewer = useViewer();
  return (
    <span className="flex items-baseline gap-2">
      <RowLink mono={false} href={pages.user(user.id)} name={user.name} />
      {viewer.id === user.id && <span className="text-xs text-faint">{t('you')}</span>}
    </span>
  );
}

export function RoleWord({ role }: { role: User['role'] }) {
  const t = useTranslations('states.role');
  return t(role);
}
