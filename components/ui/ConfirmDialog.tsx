'use client';
// Asks before something that cannot be taken back. It stays open while that is asked for, and shows why it was refused.
import { useTranslations } from 'next-intl';
import { type ReactNode, useState, type SubmitEvent } from 'react';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { ErrorPanel, type ShownError } from './ErrorPanel';
import { Input } from './Input';

export type ConfirmDialogProps = {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  /** What will be lost, and what will stay. */
  children: ReactNode;
  /** The verb on the button: "Remove web1". */
  verb: string;
  /** The words on the way back, where "Cancel" would be mistaken for what is asked. */
  back?: string;
  onConfirm: () => void;
  pending: boolean;
  error: ShownError | null;
  /** The name to be typed first; for what destroys data. */
  typedName?: string;
  danger?: boolean;
};

export function ConfirmDialog({ open, onClose, title, ...rest }: ConfirmDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title={title}>
      <ConfirmForm {...rest} onClose={onClose} />
    </Dialog>
  );
}

type FormProps = Omit<ConfirmDialogProps, 'open' | 'title'>;

/** Mounted only while the dialog is open, so that a typed name does not survive closing. */
function ConfirmForm({
  onClose,
  children,
  verb,
  back,
  onConfirm,
  pending,
  error,
  typedName,
  danger = true,
}: FormProps) {
  const t = useTranslations('ui');
  const [typed, setTyped] = useState('');
  const isTyped = typedName === undefined || typed === typedName;
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isTyped && !pending) onConfirm();
  };
  const label =
    typedName && t.rich('typeName', { name: () => <code className="text-ink select-all">{typedName}</code> });
  return (
    <form onSubmit={submit} className="grid gap-3">
      <div className="text-soft">{children}</div>
      {typedName !== undefined && (
        <label className="grid gap-1 text-soft">
          <span>{label}</span>
          <Input mono autoComplete="off" value={typed} onChange={(event) => setTyped(event.target.value)} />
        </label>
      )}
      {error && <ErrorPanel error={error} compact />}
      <div className="-mx-4 mt-1 -mb-3 flex justify-end gap-2 border-t border-line px-4 py-3">
        <Button onClick={onClose}>{back ?? t('cancel')}</Button>
        <Button
          type="submit"
          look={danger ? 'danger' : 'primary'}
          pending={pending}
          disabledReason={isTyped ? null : label}
        >
          {verb}
        </Button>
      </div>
    </form>
  );
}
