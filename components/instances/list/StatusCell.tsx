'use client';
import { useQuery } from '@tanstack/react-query';
import { unfinishedJobsQuery } from '@/client/jobs';
import { useStepWords } from '@/components/jobs/use-step-words';
import { InstanceBadge } from '@/components/state/InstanceBadge';
import type { Instance } from '@/contract/schemas/instance';

/** The state; while a job works on the instance, also which of its steps runs. */
export function StatusCell({ instance }: { instance: Instance }) {
  return (
    <span className="flex min-w-0 items-center gap-2">
      <InstanceBadge instance={instance} />
      {instance.job && <RunningStep jobId={instance.job.id} />}
    </span>
  );
}

/** From the jobs that the frame follows anyway, so it costs no request. */
function RunningStep({ jobId }: { jobId: number }) {
  const wordsOf = useStepWords();
  const { data: step } = useQuery({
    ...unfinishedJobsQuery(),
    select: ({ items }) =>
      items.find((job) => job.id === jobId)?.steps.find(({ status }) => status === 'running')?.name,
  });
  if (!step) return null;
  return <span className="min-w-0 truncate text-sm text-faint max-sm:hidden">{wordsOf(step)}</span>;
}
