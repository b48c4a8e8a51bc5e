'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { asAppError } from '@/client/fetch-json';
import { useMoveInstance } from '@/client/instance-moves';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import type { Instance } from '@/contract/schemas/instance';
import { NodeChoice } from './NodeChoice';
import { ShutdownTime } from './ShutdownTime';

/** With all that is on its disks, which takes as long as copying them does. */
export function MoveDialog({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const t = useTranslations('moves.moveDialog');
  const { id, name, node, operState } = instance;
  const isRunning = operState === 'running' || operState === 'paused';
  const [nodeId, setNodeId] = useState('');
  const [timeoutS, setTimeoutS] = useState(120);
  const move = useMoveInstance();
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t('title', { name })}
      verb={t('submit')}
      danger={false}
      pending={move.isPending}
      error={move.error && asAppError(move.error)}
      onConfirm={() => move.mutate({ id, nodeId: nodeId || undefined, timeoutS }, { onSuccess: onClose })}
    >
      <div className="grid gap-3">
        <p>{t(isRunning ? 'textRunning' : 'text', { node: node?.name ?? '' })}</p>
        <NodeChoice instance={instance} label={t('node')} value={nodeId} onChange={setNodeId} />
        {isRunning && <ShutdownTime value={timeoutS} onChange={setTimeoutS} />}
      </div>
    </ConfirmDialog>
  );
}
