'use client';
// Start, stop and moves for several instances at once: each becomes a job of its own, and what can't be done now is left out.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useStartInstance, useStopInstance } from '@/client/instances';
import { useViewer } from '@/client/session';
import { Button } from '@/components/ui/Button';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import type { Instance } from '@/contract/schemas/instance';
import { whyNot } from '@/contract/instance-actions';
import { BulkMoves } from './BulkMoves';

const timeoutS = 120;

export function BulkActions({ instances, onDone }: { instances: Instance[]; onDone: () => void }) {
  const t = useTranslations('instances');
  const { isOperator } = useViewer();
  const start = useStartInstance();
  const stop = useStopInstance();
  const [isAsking, setAsking] = useState(false);
  const startable = instances.filter((one) => whyNot('start', one.status, one.job !== null) === null);
  const stoppable = instances.filter((one) => whyNot('stop', one.status, one.job !== null) === null);
  const startAll = () => {
    for (const { id } of startable) start.mutate({ id });
    onDone();
  };
  const stopAll = () => {
    for (const { id } of stoppable) stop.mutate({ id, timeoutS });
    setAsking(false);
    onDone();
  };

  return (
    <>
      <span role="status" className="text-soft">
        {t('selected', { count: instances.length })}
      </span>
      <Button disabledReason={startable.length === 0 ? t('noneStartable') : null} onClick={startAll}>
        {t('startSelected', { count: startable.length })}
      </Button>
      <Button
        disabledReason={stoppable.length === 0 ? t('noneStoppable') : null}
        onClick={() => setAsking(true)}
      >
        {t('stopSelected', { count: stoppable.length })}
      </Button>
      {isOperator && <BulkMoves instances={instances} onDone={onDone} />}
      <ConfirmDialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title={t('bulkStop.title', { count: stoppable.length })}
        verb={t('bulkStop.submit', { count: stoppable.length })}
        danger={false}
        pending={false}
        error={null}
        onConfirm={stopAll}
      >
        {t('bulkStop.text', { seconds: timeoutS })}
      </ConfirmDialog>
    </>
  );
}
