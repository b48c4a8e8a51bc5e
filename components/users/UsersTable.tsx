'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { asAppError } from '@/client/fetch-json';
import { usersQuery } from '@/client/users';
import { DataTable } from '@/components/table/DataTable';
import { FilterBar } from '@/components/table/FilterBar';
import { FilterSelect } from '@/components/table/FilterSelect';
import { useListQuery } from '@/components/table/use-list-query';
import { EmptyState } from '@/components/ui/EmptyState';
import { PageHeader } from '@/components/ui/PageHeader';
import { pages } from '@/contract/paths';
import { UserListQuery, UserRole } from '@/contract/schemas/user';
import { CreateUser } from './CreateUser';
import { userColumns } from './user-columns';

export function UsersTable() {
  const t = useTranslations('users');
  const roles = useTranslations('states.role');
  const list = useListQuery(UserListQuery);
  const { data, error, isPlaceholderData } = useQuery({
    ...usersQuery(list.query),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageHeader title={t('title')} actions={<CreateUser />} />
      <FilterBar list={list} searchLabel={t('filters.search')}>
        <FilterSelect
          label={t('filters.role')}
          value={list.query.role}
          onChange={(role) => list.set({ role })}
          options={UserRole.options.map((role) => ({ value: role, label: roles(role) }))}
        />
      </FilterBar>
      <DataTable
        label={t('title')}
        columns={userColumns}
        page={data}
        error={error && asAppError(error)}
        list={list}
        isStale={isPlaceholderData}
        rowId={(user) => user.id}
        rowHref={(user) => pages.user(user.id)}
        empty={
          <EmptyState title={t(list.isFiltered ? 'emptyFiltered' : 'emptyTitle')}>
            {!list.isFiltered && t('emptyText')}
          </EmptyState>
        }
      />
    </>
  );
}
