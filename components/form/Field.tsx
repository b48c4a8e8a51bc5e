'use client';
// A labelled field with its help and its error. The child gets the ids that tie them together.
import { type ReactNode, useId } from 'react';
import { useFieldMessage } from './use-field-message';

export type FieldWiring = { id: string; 'aria-invalid': boolean; 'aria-describedby': string | undefined };

type Props = {
  label: string;
  help?: ReactNode;
  error?: string;
  children: (wiring: FieldWiring) => ReactNode;
};

export function Field({ label, help, error, children }: Props) {
  const id = useId();
  const noteId = `${id}-note`;
  const say = useFieldMessage();
  const note = error === undefined ? help : say(error);
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({ id, 'aria-invalid': error !== undefined, 'aria-describedby': note ? noteId : undefined })}
      {note && (
        <p
          id={noteId}
          role={error ? 'alert' : undefined}
          className={`text-sm ${error ? 'text-broken' : 'text-faint'}`}
        >
          {note}
        </p>
      )}
    </div>
  );
}
