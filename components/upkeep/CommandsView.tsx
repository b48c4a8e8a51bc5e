'use client';
// Runs a command on nodes, or brings a file to them, and shows node by node what came of it. The batch is in the address, so that the page
// can be left and found again.
import { useQuery } from '@tanstack/react-query';
import { useRouter, useSearchParams } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { jobsQuery } from '@/client/jobs';
import { nodesQuery } from '@/client/nodes';
import { Crumb } from '@/components/frame/Crumb';
import { JobLogView } from '@/components/jobs/JobLogView';
import { JobBadge } from '@/components/state/JobBadge';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { PageHeader } from '@/components/ui/PageHeader';
import { RadioCards } from '@/components/ui/RadioCards';
import { Section } from '@/components/ui/Section';
import { Id } from '@/contract/names';
import { pages } from '@/contract/paths';
import { allowCommandsFile } from '@/contract/schemas/node-command';
import { jobsOfBatch } from './batch-jobs';
import { CommandForm } from './CommandForm';
import { everyNode } from './every-node';
import { FileForm } from './FileForm';
import { NodeChoice } from './NodeChoice';

export function CommandsView() {
  const t = useTranslations('upkeep.commands');
  const router = useRouter();
  const batchId = Id.safeParse(useSearchParams().get('batch')).data ?? null;
  const { data, error } = useQuery(nodesQuery(everyNode));
  const [nodeIds, setNodeIds] = useState<string[]>([]);
  const [kind, setKind] = useState<'command' | 'file'>('command');
  const show = (id: string) => router.replace(pages.nodeCommands({ batch: id }));
  const nodes = data?.items ?? [];
  return (
    <div className="grid gap-4">
      <Crumb label={t('title')} />
      <PageHeader title={t('title')} />
      <p className="max-w-3xl text-soft">{t('text', { file: allowCommandsFile })}</p>
      {error && <ErrorPanel error={error} />}
      <div className="grid items-start gap-4 lg:grid-cols-[18rem_1fr]">
        <Section title={t('nodes')}>
          <NodeChoice nodes={nodes} chosen={nodeIds} onChange={setNodeIds} />
        </Section>
        <Section title={t('what')}>
          <div className="grid gap-4">
            <RadioCards
              name="command-kind"
              label={t('what')}
              columns={2}
              value={kind}
              onChange={setKind}
              cards={(['command', 'file'] as const).map((value) => ({ value, title: t(`kinds.${value}`) }))}
            />
            {kind === 'command' ? (
              <CommandForm nodeIds={nodeIds} onAccepted={show} />
            ) : (
              <FileForm nodeIds={nodeIds} onAccepted={show} />
            )}
          </div>
        </Section>
      </div>
      <Results batchId={batchId} />
    </div>
  );
}

function Results({ batchId }: { batchId: string | null }) {
  const t = useTranslations('upkeep.commands');
  const { data } = useQuery({ ...jobsQuery(jobsOfBatch(batchId ?? '')), enabled: batchId !== null });
  const jobs = [...(data?.items ?? [])].sort((a, b) => a.target.name.localeCompare(b.target.name));
  return (
    <Section title={t('results')}>
      {jobs.length === 0 && <p className="text-faint">{t('noResults')}</p>}
      <div className="grid gap-4">
        {jobs.map((job) => (
          <section key={job.id} aria-label={t('output', { name: job.target.name })} className="grid gap-2">
            <header className="flex flex-wrap items-center gap-x-3">
              <h3 className="font-mono text-[13px] font-medium">{job.target.name}</h3>
              <JobBadge job={job} />
              {job.error && <span className="text-sm text-broken">{job.error.message}</span>}
            </header>
            <JobLogView jobId={job.id} className="max-h-64" />
          </section>
        ))}
      </div>
    </Section>
  );
}
