'use client';
import type { ComponentProps, ReactNode } from 'react';
import { type FieldValues, type Path, type UseFormReturn, useFormState } from 'react-hook-form';
import { Input } from '@/components/ui/Input';
import { Field } from './Field';

type Props<V extends FieldValues> = {
  form: UseFormReturn<V>;
  name: Path<V>;
  label: string;
  help?: ReactNode;
  mono?: boolean;
} & Pick<
  ComponentProps<'input'>,
  'type' | 'autoComplete' | 'placeholder' | 'autoFocus' | 'inputMode' | 'spellCheck'
>;

export function TextField<V extends FieldValues>({ form, name, label, help, ...input }: Props<V>) {
  const { error } = form.getFieldState(name, useFormState({ control: form.control, name, exact: true }));
  return (
    <Field label={label} help={help} error={error?.message}>
      {(wiring) => <Input {...wiring} {...input} {...form.register(name)} />}
    </Field>
  );
}
