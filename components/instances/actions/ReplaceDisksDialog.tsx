'use client';
// Making a side of the mirrors anew: in place, or on another node, which also is how the secondary moves.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { z } from 'zod';
import { asAppError } from '@/client/fetch-json';
import { useReplaceDisks } from '@/client/instance-moves';
import { CheckboxField } from '@/components/ui/Checkbox';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import { RadioCards } from '@/components/ui/RadioCards';
import type { Instance } from '@/contract/schemas/instance';
import type { ReplaceMode } from '@/contract/schemas/instance-actions';
import { NodeChoice } from './NodeChoice';

type Props = { instance: Instance; onClose: () => void };
type Mode = z.infer<typeof ReplaceMode>;

export function ReplaceDisksDialog(props: Props) {
  return <Replace {...props} first="auto" />;
}

export function MoveSecondaryDialog(props: Props) {
  return <Replace {...props} first="newSecondary" />;
}

function Replace({ instance, onClose, first }: Props & { first: Mode }) {
  const t = useTranslations('moves.replaceDialog');
  const { id, name, node, secondary } = instance;
  const [mode, setMode] = useState<Mode>(first);
  const [nodeId, setNodeId] = useState('');
  const [waitForSync, setWait] = useState(true);
  const replace = useReplaceDisks({ shownInline: true });
  const isMove = first === 'newSecondary';
  const submit = () => {
    const wanted = mode === 'newSecondary' && nodeId !== '' ? nodeId : undefined;
    replace.mutate({ id, mode, nodeId: wanted, waitForSync }, { onSuccess: onClose });
  };
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t(isMove ? 'moveTitle' : 'title', { name })}
      verb={t(isMove ? 'moveSubmit' : 'submit')}
      danger={false}
      pending={replace.isPending}
      error={replace.error && asAppError(replace.error)}
      onConfirm={submit}
    >
      <div className="grid gap-3">
        <p>{isMove ? t('newSecondaryHelp', { node: secondary?.name ?? '' }) : t('text')}</p>
        {!isMove && (
          <div className="text-ink">
            <RadioCards
              name="replace-mode"
              label={t('how')}
              value={mode}
              onChange={setMode}
              cards={[
                { value: 'auto', title: t('auto'), help: t('autoHelp') },
                {
                  value: 'secondary',
                  title: t('secondary', { node: secondary?.name ?? '' }),
                  help: t('inPlaceHelp'),
                },
                { value: 'primary', title: t('primary', { node: node?.name ?? '' }), help: t('inPlaceHelp') },
                {
                  value: 'newSecondary',
                  title: t('newSecondary'),
                  help: t('newSecondaryHelp', { node: secondary?.name ?? '' }),
                },
              ]}
            />
          </div>
        )}
        {mode === 'newSecondary' && (
          <NodeChoice instance={instance} label={t('node')} value={nodeId} onChange={setNodeId} />
        )}
        <CheckboxField
          label={t('wait')}
          help={t('waitHelp')}
          checked={waitForSync}
          onChange={({ target }) => setWait(target.checked)}
        />
      </div>
    </ConfirmDialog>
  );
}
