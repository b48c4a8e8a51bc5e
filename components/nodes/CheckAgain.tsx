'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { jobQuery } from '@/client/jobs';
import { useCheckNode } from '@/client/node-upkeep';
import { Button } from '@/components/ui/Button';
import { RelativeTime } from '@/components/ui/RelativeTime';
import type { Node } from '@/contract/schemas/node';
import { isFinished } from '@/contract/states';

/** For who has just mended something. Busy until the node has looked, then it says when that was. */
export function CheckAgain({ node: { id, state } }: { node: Node }) {
  const t = useTranslations('nodes');
  const check = useCheckNode();
  const jobId = check.data?.jobId ?? null;
  const { data: job } = useQuery({ ...jobQuery(jobId ?? 0), enabled: jobId !== null });
  const isWorking = jobId !== null && !(job && isFinished(job.status));
  return (
    <div className="flex items-center gap-2">
      {job?.status === 'success' && (
        <span role="status" className="text-sm text-faint max-sm:sr-only">
          {t.rich('checked', { at: () => <RelativeTime at={job.endedAt} /> })}
        </span>
      )}
      {job?.status === 'error' && (
        <span role="alert" className="text-sm text-broken">
          {job.error?.message}
        </span>
      )}
      <Button
        size="small"
        pending={check.isPending || isWorking}
        disabledReason={state === 'online' ? null : t('checkAway')}
        onClick={() => check.mutate({ id })}
      >
        {t('checkAgain')}
      </Button>
    </div>
  );
}
