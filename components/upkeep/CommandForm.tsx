'use client';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { useRunCommand } from '@/client/node-upkeep';
import { Field } from '@/components/form/Field';
import { Button } from '@/components/ui/Button';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { Input } from '@/components/ui/Input';
import { NodeCommand } from '@/contract/schemas/node-command';

type Props = { nodeIds: string[]; onAccepted: (batchId: string) => void };

export function CommandForm({ nodeIds, onAccepted }: Props) {
  const t = useTranslations('upkeep.commands');
  const run = useRunCommand();
  const [command, setCommand] = useState('');
  const [timeout, setTimeout] = useState('60');
  const wish = NodeCommand.safeParse({ command, timeoutS: Number(timeout) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wish.success && nodeIds.length > 0 && !run.isPending)
      run.mutate({ nodeIds, ...wish.data }, { onSuccess: ({ batchId }) => onAccepted(batchId) });
  };
  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      <Field label={t('command')} help={t('commandHelp')}>
        {(wiring) => (
          <Input
            {...wiring}
            mono
            autoComplete="off"
            spellCheck={false}
            value={command}
            onChange={({ target }) => setCommand(target.value)}
          />
        )}
      </Field>
      <Field label={t('timeout')}>
        {(wiring) => (
          <Input
            {...wiring}
            inputMode="numeric"
            className="w-24!"
            value={timeout}
            onChange={({ target }) => setTimeout(target.value)}
          />
        )}
      </Field>
      {run.error && <ErrorPanel error={run.error} compact />}
      <div>
        <Button
          type="submit"
          look="primary"
          pending={run.isPending}
          disabledReason={nodeIds.length === 0 ? t('chooseNode') : null}
        >
          {t('run', { count: nodeIds.length })}
        </Button>
      </div>
    </form>
  );
}
