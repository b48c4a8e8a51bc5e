'use client';
// Behind a one-time link: choose a password, and for the first operator also a name. Afterwards one signs in with it.
import { useTranslations } from 'next-intl';
import { type SubmitEvent, useState } from 'react';
import { setPassword, type PasswordRefusal } from '@/client/set-password';
import { signIn } from '@/client/sign-in';
import { BaseButton } from '@/components/ui/BaseButton';
import { PasswordHint } from './PasswordHint';
import { PlainField } from './PlainField';

type Props = { token: string; firstOperator: boolean; login: string | null };

export function WelcomeForm({ token, firstOperator, login }: Props) {
  const t = useTranslations('auth');
  const [pending, setPending] = useState(false);
  const [password, setTypedPassword] = useState('');
  const [refusal, setRefusal] = useState<PasswordRefusal | null>(null);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const fields = new FormData(event.currentTarget);
    const identity = firstOperator
      ? { name: String(fields.get('name')), login: String(fields.get('login')) }
      : {};
    setPending(true);
    const refused = await setPassword({ token, password, ...identity });
    setRefusal(refused);
    if (refused) return setPending(false);
    const signedIn = await signIn({ login: identity.login ?? login ?? '', password });
    window.location.assign(signedIn.kind === 'signedIn' ? '/' : '/sign-in?done=password');
  };
  const errorOf = (field: string) => refusal?.fields[field];
  return (
    <form onSubmit={(event) => void submit(event)} className="grid gap-4">
      <div>
        <h1 className="text-xl font-semibold tracking-tight">{t('welcome')}</h1>
        <p className="mt-1 text-soft">
          {firstOperator ? t('firstOperatorText') : t('invitedText', { login: login ?? '' })}
        </p>
      </div>
      {firstOperator ? (
        <>
          <PlainField
            label={t('name')}
            name="name"
            autoComplete="name"
            autoFocus
            required
            maxLength={128}
            error={errorOf('name')}
          />
          <PlainField
            label={t('login')}
            name="login"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            maxLength={128}
            help={t('loginHelp')}
            error={errorOf('login')}
          />
        </>
      ) : (
        // Tells password managers whose password this is.
        <input type="hidden" name="login" autoComplete="username" value={login ?? ''} />
      )}
      <PlainField
        label={t('password')}
        name="password"
        type="password"
        autoComplete="new-password"
        required
        minLength={12}
        maxLength={256}
        value={password}
        onChange={(event) => setTypedPassword(event.target.value)}
        help={<PasswordHint password={password} />}
        error={errorOf('password')}
      />
      {refusal?.message && (
        <p role="alert" className="rounded-md border border-broken/40 bg-broken-wash px-3 py-2">
          {refusal.message}
        </p>
      )}
      <BaseButton type="submit" look="primary" size="large" pending={pending}>
        {firstOperator ? t('createAccount') : t('setPassword')}
      </BaseButton>
    </form>
  );
}
