import { queryOptions, useMutation, useSuspenseQuery } from '@tanstack/react-query';
import { z } from 'zod';
import { api } from '@/contract/paths';
import { type PasswordChange, Session } from '@/contract/schemas/user';
import { fetchJson } from './fetch-json';
import { keys } from './keys';

export const sessionQuery = () =>
  queryOptions({
    queryKey: keys.session(),
    queryFn: ({ signal }) => fetchJson(api.session(), { answers: Session, signal }),
  });

/** Who is signed in. The console's layout prefetches it, so it is always there. */
export function useViewer() {
  const { user } = useSuspenseQuery(sessionQuery()).data;
  return { ...user, isOperator: user.role === 'operator' };
}

export const useChangePassword = () =>
  useMutation({
    mutationFn: (body: PasswordChange) =>
      fetchJson(api.passwordChange(), { answers: z.object({}), method: 'POST', body }),
    meta: { shownInline: true },
  });
