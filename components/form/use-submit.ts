'use client';
import type { FieldValues } from 'react-hook-form';
import type { FormShellProps } from './form-shell';
import { showServerIssues } from './server-issues';

type Submitting<In extends FieldValues, Out extends FieldValues> = Pick<
  FormShellProps<In, Out>,
  'form' | 'onSubmit' | 'pending' | 'submitDisabledReason'
>;

/** A form's submit handler: validates, asks, and puts a refusal's issues at their fields. The refusal itself stays with the caller's mutation. */
export function useSubmit<In extends FieldValues, Out extends FieldValues>({
  form,
  onSubmit,
  pending,
  submitDisabledReason,
}: Submitting<In, Out>) {
  return form.handleSubmit(async (values) => {
    if (pending || submitDisabledReason) return;
    try {
      await onSubmit(values);
    } catch (error) {
      if (!showServerIssues(form, error)) form.setError('root.server', { type: 'server' });
    }
  });
}
