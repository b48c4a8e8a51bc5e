'use client';
import { useTranslations } from 'next-intl';
import { stepTone } from '@/components/state/StepBadge';
import { Duration } from '@/components/ui/Duration';
import { ProgressBar } from '@/components/ui/ProgressBar';
import { StateShape } from '@/components/ui/StateShape';
import { toneText } from '@/components/ui/tone';
import type { Job, JobStep } from '@/contract/schemas/job';
import { useStepWords } from './use-step-words';

/** The steps of a job in their order: what is done, what runs and for how long, what failed and why. */
export function JobSteps({ job }: { job: Pick<Job, 'steps' | 'progress' | 'error'> }) {
  const t = useTranslations('instances.job');
  return (
    <ol aria-label={t('steps')}>
      {job.steps.map((step, index) => (
        <Step key={`${index} ${step.name}`} step={step} job={job} />
      ))}
    </ol>
  );
}

/** Outcomes that nobody expects are said in a word; for the others the shape is enough to see, and the word is read out. */
const showsWord: JobStep['status'][] = ['failed', 'undoing', 'undone', 'undoFailed'];

function Step({ step, job }: { step: JobStep; job: Pick<Job, 'progress' | 'error'> }) {
  const t = useTranslations('states.step');
  const words = useTranslations('instances.job');
  const wordsOf = useStepWords();
  const tone = stepTone[step.status];
  const progress = step.status === 'running' ? job.progress : null;
  // What already stands above as the job's error is not said twice.
  const error = step.error?.message === job.error?.message ? null : step.error;
  return (
    <li className="grid min-h-7 grid-cols-[12px_1fr_auto] items-center gap-x-2.5 py-0.5">
      <span className={toneText[tone]}>
        <StateShape tone={tone} />
      </span>
      <span className={step.status === 'pending' ? 'text-faint' : undefined}>
        {wordsOf(step.name)}
        <span className={showsWord.includes(step.status) ? `ml-2 text-sm ${toneText[tone]}` : 'sr-only'}>
          {t(step.status)}
        </span>
      </span>
      <span className="text-sm text-faint">
        {step.startedAt && <Duration start={step.startedAt} end={step.endedAt} />}
      </span>
      {progress !== null && (
        <div className="col-span-2 col-start-2 py-1">
          <ProgressBar value={progress} label={words('progress')} />
        </div>
      )}
      {error && (
        <p className="col-span-2 col-start-2 pb-1 text-sm wrap-anywhere text-broken">{error.message}</p>
      )}
    </li>
  );
}
