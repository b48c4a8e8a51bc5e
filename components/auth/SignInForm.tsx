'use client';
import { useTranslations } from 'next-intl';
import { type SubmitEvent, useState } from 'react';
import { signIn, type SignInOutcome } from '@/client/sign-in';
import { BaseButton } from '@/components/ui/BaseButton';
import { PlainField } from './PlainField';

type Props = { next: string; notice: 'passwordSet' | null };

export function SignInForm({ next, notice }: Props) {
  const t = useTranslations('auth');
  const [pending, setPending] = useState(false);
  const [outcome, setOutcome] = useState<SignInOutcome | null>(null);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const form = event.currentTarget;
    const fields = new FormData(form);
    setPending(true);
    const answer = await signIn({
      login: String(fields.get('login')),
      password: String(fields.get('password')),
    });
    // A whole new page: nothing of what was fetched before the sign-in may stay.
    if (answer.kind === 'signedIn') return window.location.assign(next);
    setPending(false);
    setOutcome(answer);
    const password = form.elements.namedItem('password');
    if (password instanceof HTMLInputElement) password.select();
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="grid gap-4">
      <h1 className="text-xl font-semibold tracking-tight">{t('signIn')}</h1>
      {notice && !outcome && <p className="text-soft">{t(notice)}</p>}
      <PlainField
        label={t('login')}
        name="login"
        autoComplete="username"
        autoFocus
        required
        autoCapitalize="none"
        spellCheck={false}
      />
      <PlainField
        label={t('password')}
        name="password"
        type="password"
        autoComplete="current-password"
        required
      />
      {outcome && outcome.kind !== 'signedIn' && (
        <p role="alert" className="rounded-md border border-broken/40 bg-broken-wash px-3 py-2">
          {outcome.kind === 'tooManyAttempts'
            ? t('tooManyAttempts', { minutes: outcome.minutes })
            : t(outcome.kind)}
        </p>
      )}
      <BaseButton type="submit" look="primary" size="large" pending={pending}>
        {t('signIn')}
      </BaseButton>
    </form>
  );
}
