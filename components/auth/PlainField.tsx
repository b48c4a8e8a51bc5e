import { type ComponentProps, type ReactNode, useId } from 'react';
import { useFieldMessage } from '@/components/form/use-field-message';
import { Input } from '@/components/ui/Input';

type Props = ComponentProps<typeof Input> & { label: string; help?: ReactNode; error?: string };

/** A labelled field without a form library, for the pages before the sign-in. */
export function PlainField({ label, help, error, ...input }: Props) {
  const id = useId();
  const say = useFieldMessage();
  const note = error === undefined ? help : say(error);
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      <Input
        {...input}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        className="h-9!"
      />
      {note && (
        <div id={`${id}-note`} className={`text-sm ${error ? 'text-broken' : 'text-faint'}`}>
          {note}
        </div>
      )}
    </div>
  );
}
