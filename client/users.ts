import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/contract/paths';
import {
  PasswordLink,
  User,
  type UserCreate,
  UserCreated,
  type UserListQuery,
  UserPage,
  type UserUpdate,
} from '@/contract/schemas/user';
import { fetchJson } from './fetch-json';
import { keys } from './keys';

export const userQuery = (id: string) =>
  queryOptions({
    queryKey: keys.detail('user', id),
    queryFn: ({ signal }) => fetchJson(api.user(id), { answers: User, signal }),
  });

export const usersQuery = (query: UserListQuery) =>
  queryOptions({
    queryKey: keys.list('user', query),
    queryFn: ({ signal }) => fetchJson(api.users(query), { answers: UserPage, signal }),
  });

/** Answers the user and the one-time link, which is shown once. */
export const useCreateUser = () => {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (body: UserCreate) => fetchJson(api.users(), { answers: UserCreated, method: 'POST', body }),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.lists('user') }),
    meta: { shownInline: true },
  });
};

export const useUpdateUser = () => {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string } & UserUpdate) =>
      fetchJson(api.user(id), { answers: User, method: 'PATCH', body }),
    onSuccess: (user) => cache.setQueryData(userQuery(user.id).queryKey, user),
    meta: { shownInline: true },
  });
};

export const useCreatePasswordLink = () =>
  useMutation({
    mutationFn: ({ id }: { id: string }) =>
      fetchJson(api.userPasswordLink(id), { answers: PasswordLink, method: 'POST', body: {} }),
    meta: { shownInline: true },
  });
