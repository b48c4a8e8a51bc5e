'use client';
// Several of a few, each a checkbox: what a cluster offers.
import { useId } from 'react';
import { CheckboxField } from '@/components/ui/Checkbox';

type Props<V extends string> = {
  label: string;
  options: readonly { value: V; label: string }[];
  values: readonly V[];
  onChange: (values: V[]) => void;
  error?: string;
};

export function ChoiceField<V extends string>({ label, options, values, onChange, error }: Props<V>) {
  const noteId = useId();
  return (
    <fieldset aria-describedby={error ? noteId : undefined}>
      <legend className="mb-1 font-medium">{label}</legend>
      {options.map(({ value, label: word }) => (
        <CheckboxField
          key={value}
          label={word}
          checked={values.includes(value)}
          onChange={({ target }) =>
            // In the order of the options, whichever was chosen first.
            onChange(
              options
                .map((option) => option.value)
                .filter((other) => (other === value ? target.checked : values.includes(other))),
            )
          }
        />
      ))}
      {error && (
        <p id={noteId} role="alert" className="text-sm text-broken">
          {error}
        </p>
      )}
    </fieldset>
  );
}
