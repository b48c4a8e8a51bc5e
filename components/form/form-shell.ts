import type { ReactNode } from 'react';
import type { FieldValues, UseFormReturn } from 'react-hook-form';
import type { ShownError } from '@/components/ui/ErrorPanel';

/** What every form shell requires. `pending` and `error` are not optional, so that no form forgets to show them. */
export type FormShellProps<In extends FieldValues, Out extends FieldValues> = {
  form: UseFormReturn<In, unknown, Out>;
  /** Rejects when refused; issues of the refusal appear at their fields. */
  onSubmit: (values: Out) => Promise<unknown>;
  pending: boolean;
  error: ShownError | null;
  /** The verb on the button. */
  submitLabel: string;
  /** Why it cannot be submitted at all, such as a quota that is full. */
  submitDisabledReason?: ReactNode;
  children: ReactNode;
};
