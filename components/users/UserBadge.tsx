'use client';
import { useTranslations } from 'next-intl';
import { StateBadge } from '@/components/ui/StateBadge';
import type { User } from '@/contract/schemas/user';

const tones = { active: 'running', invited: 'unknown', disabled: 'stopped' } as const;

/** Whether someone can sign in: not before the one-time link was used, not while disabled. */
export function UserBadge({ user, look }: { user: User; look?: 'plain' | 'filled' }) {
  const t = useTranslations('users.states');
  const state = stateOf(user);
  return <StateBadge look={look} tone={tones[state]} word={t(state)} hint={t(`${state}Hint`)} />;
}

function stateOf({ disabled, hasPassword }: User): keyof typeof tones {
  if (disabled) return 'disabled';
  return hasPassword ? 'active' : 'invited';
}
