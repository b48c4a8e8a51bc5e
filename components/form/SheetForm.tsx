'use client';
// The shell of a form in a side sheet. Closing with unsaved input asks.
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import type { FieldValues } from 'react-hook-form';
import { Button } from '@/components/ui/Button';
import { Sheet } from '@/components/ui/Sheet';
import { FormError } from './FormError';
import type { FormShellProps } from './form-shell';
import { useSubmit } from './use-submit';
import { useUnsavedGuard } from './use-unsaved-guard';

type Props<In extends FieldValues, Out extends FieldValues> = FormShellProps<In, Out> & {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
};

export function SheetForm<In extends FieldValues, Out extends FieldValues>(props: Props<In, Out>) {
  const {
    form,
    pending,
    error,
    submitLabel,
    submitDisabledReason,
    open,
    onClose,
    title,
    description,
    children,
  } = props;
  const t = useTranslations('form');
  const submit = useSubmit(props);
  const guard = useUnsavedGuard(open && form.formState.isDirty && !form.formState.isSubmitSuccessful);
  const close = () => guard(onClose);
  return (
    <Sheet open={open} onClose={close} title={title} description={description}>
      <form noValidate onSubmit={submit} className="grid gap-4">
        {children}
        <FormError error={error} form={form} />
        <div className="mt-1 flex gap-2 border-t border-line pt-4">
          <Button type="submit" look="primary" pending={pending} disabledReason={submitDisabledReason}>
            {submitLabel}
          </Button>
          <Button look="quiet" onClick={close}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </Sheet>
  );
}
