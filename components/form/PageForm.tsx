'use client';
// The shell of a form that is a page: fields on the left, a summary that follows them on the right, one submit button.
// `pending` and `error` are required, so that no form forgets to show them.
import type { ReactNode } from 'react';
import type { FieldValues } from 'react-hook-form';
import { Button } from '@/components/ui/Button';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { useTranslations } from 'next-intl';
import { FormError } from './FormError';
import type { FormShellProps } from './form-shell';
import { useSubmit } from './use-submit';
import { useUnsavedGuard } from './use-unsaved-guard';

type Props<In extends FieldValues, Out extends FieldValues> = FormShellProps<In, Out> & {
  cancelHref: string;
  summary?: ReactNode;
};

export function PageForm<In extends FieldValues, Out extends FieldValues>(props: Props<In, Out>) {
  const { form, pending, error, submitLabel, submitDisabledReason, cancelHref, summary, children } = props;
  const t = useTranslations('form');
  const submit = useSubmit(props);
  useUnsavedGuard(form.formState.isDirty && !pending && !form.formState.isSubmitSuccessful);
  return (
    <form noValidate onSubmit={submit} className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="grid min-w-0 gap-5">{children}</div>
      <aside className="sticky top-16 grid gap-4 max-lg:static">
        {summary}
        <FormError error={error} form={form} />
        <div className="flex gap-2">
          <Button
            type="submit"
            look="primary"
            size="large"
            pending={pending}
            disabledReason={submitDisabledReason}
            className="flex-1"
          >
            {submitLabel}
          </Button>
          <ButtonLink href={cancelHref} size="large" look="quiet">
            {t('cancel')}
          </ButtonLink>
        </div>
      </aside>
    </form>
  );
}
