'use client';
// Mirrors of plain disks, or plain disks of mirrors, where they lie.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { asAppError } from '@/client/fetch-json';
import { useConvertInstance } from '@/client/instance-moves';
import { CheckboxField } from '@/components/ui/Checkbox';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import type { Instance } from '@/contract/schemas/instance';
import { NodeChoice } from './NodeChoice';

type Props = { instance: Instance; onClose: () => void };

export function MirrorDisksDialog({ instance, onClose }: Props) {
  const t = useTranslations('moves.mirrorDialog');
  const { id, name, node } = instance;
  const [nodeId, setNodeId] = useState('');
  const [waitForSync, setWait] = useState(true);
  const convert = useConvertInstance();
  const submit = () =>
    convert.mutate({ id, to: 'drbd', nodeId: nodeId || undefined, waitForSync }, { onSuccess: onClose });
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t('title', { name })}
      verb={t('submit')}
      danger={false}
      pending={convert.isPending}
      error={convert.error && asAppError(convert.error)}
      onConfirm={submit}
    >
      <div className="grid gap-3">
        <p>{t('text', { node: node?.name ?? '' })}</p>
        <NodeChoice instance={instance} label={t('node')} value={nodeId} onChange={setNodeId} />
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

export function UnmirrorDisksDialog({ instance, onClose }: Props) {
  const t = useTranslations('moves.unmirrorDialog');
  const { id, name, node, secondary } = instance;
  const convert = useConvertInstance();
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t('title', { name })}
      verb={t('submit')}
      pending={convert.isPending}
      error={convert.error && asAppError(convert.error)}
      onConfirm={() => convert.mutate({ id, to: 'plain' }, { onSuccess: onClose })}
    >
      <p>{t('text', { node: node?.name ?? '', secondary: secondary?.name ?? '' })}</p>
    </ConfirmDialog>
  );
}
