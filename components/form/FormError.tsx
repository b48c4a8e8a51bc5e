'use client';
import type { FieldValues, UseFormReturn } from 'react-hook-form';
import { useTranslations } from 'next-intl';
import { ErrorPanel, type ShownError } from '@/components/ui/ErrorPanel';

type Props<In extends FieldValues, Out> = { error: ShownError | null; form: UseFormReturn<In, unknown, Out> };

/** The refusal of the server, or that fields above need attention. A refusal that stands at its fields is not repeated. */
export function FormError<In extends FieldValues, Out>({ error, form }: Props<In, Out>) {
  const t = useTranslations('form');
  const { errors, submitCount } = form.formState;
  const fieldErrors = Object.keys(errors).filter((name) => name !== 'root').length;
  if (error && fieldErrors === 0) return <ErrorPanel error={error} compact />;
  if (submitCount === 0 || fieldErrors === 0) return null;
  return (
    <p role="alert" className="text-sm text-broken">
      {t('fieldsNeedAttention', { count: fieldErrors })}
    </p>
  );
}
