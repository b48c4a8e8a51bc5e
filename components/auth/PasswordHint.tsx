'use client';
import { clsx } from 'clsx';
import { useTranslations } from 'next-intl';
import { passwordStrength, shortestPassword, type Strength } from './password-strength';

const filled: Record<Strength, number> = { tooShort: 0, fair: 1, good: 2, strong: 3 };

/** Three marks and a word below a password that is being chosen. */
export function PasswordHint({ password }: { password: string }) {
  const t = useTranslations('auth.strength');
  const strength = passwordStrength(password);
  const missing = shortestPassword - password.length;
  return (
    <span className="flex items-center gap-2" aria-live="polite">
      <span aria-hidden className="flex gap-0.5">
        {[1, 2, 3].map((mark) => (
          <span
            key={mark}
            className={clsx('h-1 w-6 rounded-full', mark <= filled[strength] ? 'bg-accent' : 'bg-line')}
          />
        ))}
      </span>
      {strength === 'tooShort'
        ? t('missing', { count: missing, all: password === '' ? 'yes' : 'no' })
        : t(strength)}
    </span>
  );
}
