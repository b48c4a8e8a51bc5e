'use client';
// A refusal or failure: what was attempted on what and why it failed (the message), and what to do (the remedy of its code).
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { BaseButton } from './BaseButton';
import { StateShape } from './StateShape';

/** Any AppError fits; other errors count as `internal`. */
export type ShownError = { message: string; code?: string };

type Props = {
  error: ShownError;
  onRetry?: () => void;
  /** Links that help, such as the job's log. */
  children?: ReactNode;
  compact?: boolean;
};

export function ErrorPanel({ error, onRetry, children, compact = false }: Props) {
  const t = useTranslations('ui');
  const remedy = `remedies.${error.code ?? 'internal'}`;
  const title = `errors.${error.code ?? 'internal'}`;
  return (
    <div
      role="alert"
      className={`flex items-start gap-2.5 rounded-md border border-broken/40 bg-broken-wash ${compact ? 'px-3 py-2' : 'p-4'}`}
    >
      <span className="mt-1 text-broken">
        <StateShape tone="broken" />
      </span>
      <div className="min-w-0 flex-1 wrap-anywhere">
        {!compact && <p className="font-semibold">{hasKey(t, title) ? t(title) : t('errors.internal')}</p>}
        <p>{error.message}</p>
        {hasKey(t, remedy) && <p className="text-soft">{t(remedy)}</p>}
        {(children || onRetry) && (
          <div className="mt-2 flex flex-wrap gap-2">
            {onRetry && (
              <BaseButton size="small" onClick={onRetry}>
                {t('tryAgain')}
              </BaseButton>
            )}
            {children}
          </div>
        )}
      </div>
    </div>
  );
}

type Translator = ReturnType<typeof useTranslations<'ui'>>;

function hasKey(t: Translator, key: string): key is Parameters<Translator['has']>[0] {
  return Reflect.apply(t.has, t, [key]) === true;
}
