'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useCancelJob } from '@/client/jobs';
import { Button } from '@/components/ui/Button';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import type { Job } from '@/contract/schemas/job';
import { isFinished } from '@/contract/states';

/** Asks before it cancels: what was done will be undone. Nothing for a job that has ended. */
export function CancelJobButton({ job }: { job: Pick<Job, 'id' | 'status'> }) {
  const t = useTranslations('instances.job');
  const [isAsking, setAsking] = useState(false);
  const cancel = useCancelJob();
  if (isFinished(job.status)) return null;
  return (
    <>
      <Button
        size="small"
        pending={job.status === 'canceling' || cancel.isPending}
        onClick={() => setAsking(true)}
      >
        {t('cancel')}
      </Button>
      <ConfirmDialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title={t('cancelTitle', { id: job.id })}
        verb={t('cancel')}
        back={t('keepRunning')}
        pending={cancel.isPending}
        error={null}
        onConfirm={() => cancel.mutate({ id: job.id }, { onSettled: () => setAsking(false) })}
      >
        {t('cancelText')}
      </ConfirmDialog>
    </>
  );
}
