'use client';
import { useTranslations } from 'next-intl';
import { CopyText } from '@/components/ui/CopyText';
import { FactList, FactStrip } from '@/components/ui/KeyValue';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { Section } from '@/components/ui/Section';
import type { Pool } from '@/contract/schemas/disk';
import type { Node } from '@/contract/schemas/node';
import { formatMiB } from '@/contract/units';
import { RunningOf } from './node-columns';

/** Below this the clock counts as right. */
const skewToleranceMs = 1_000;

export function NodeFactStrip({ node }: { node: Node }) {
  const t = useTranslations('nodes.facts');
  const { facts } = node;
  return (
    <FactStrip
      facts={[
        { label: t('instances'), value: <RunningOf node={node} /> },
        { label: t('address'), value: <CopyText text={node.address} /> },
        ...(facts
          ? [
              {
                label: t('cpu'),
                value: t('threads', { model: facts.cpu.model, threads: facts.cpu.threads }),
              },
              { label: t('os'), value: facts.osName },
              { label: t('agent'), value: facts.agentVersion },
            ]
          : []),
      ]}
    />
  );
}

export function NodeAbout({ node }: { node: Node }) {
  const t = useTranslations('nodes');
  const kinds = useTranslations('states.hypervisor');
  const { facts } = node;
  const skewMs = node.clockSkewMs ?? 0;
  const listed = (words: readonly string[]) => (words.length > 0 ? words.join(', ') : t('facts.none'));
  return (
    <Section title={t('about')}>
      <FactList
        facts={[
          ...(facts
            ? [
                {
                  label: t('facts.host'),
                  value: <span className="font-mono text-[13px]">{facts.hostName}</span>,
                },
                { label: t('facts.kernel'), value: facts.kernel },
                {
                  label: t('facts.hypervisors'),
                  value: listed(facts.hypervisors.map(({ kind, version }) => `${kinds(kind)} ${version}`)),
                },
                { label: t('facts.templates'), value: listed(facts.diskTemplates) },
                { label: t('facts.bridges'), value: listed(facts.bridges) },
                { label: t('facts.replication'), value: facts.replicationAddress ?? t('facts.none') },
                { label: t('facts.pools'), value: <Pools pools={facts.pools} /> },
                { label: t('facts.boot'), value: <CopyText text={facts.bootId} /> },
              ]
            : []),
          {
            label: t('facts.skew'),
            value: (
              <span className={Math.abs(skewMs) > skewToleranceMs ? 'text-attention' : undefined}>
                {t('facts.skewMs', { ms: skewMs })}
              </span>
            ),
          },
          {
            label: t('facts.certificate'),
            value: t.rich('facts.validUntil', { at: () => <RelativeTime at={node.certificateExpiresAt} /> }),
          },
        ]}
      />
    </Section>
  );
}

/** Where disks are made on the node, one below the other. */
function Pools({ pools }: { pools: readonly Pool[] }) {
  const t = useTranslations('nodes.facts');
  if (pools.length === 0) return t('none');
  return (
    <ul className="flex flex-col gap-1">
      {pools.map(({ kind, name, totalMiB, freeMiB }) => (
        <li key={`${kind} ${name}`}>
          <span className="text-faint">{t(`poolKinds.${kind}`)}</span> <CopyText text={name} />
          <span className="block text-faint">
            {t('poolFree', { free: formatMiB(freeMiB), total: formatMiB(totalMiB) })}
          </span>
        </li>
      ))}
    </ul>
  );
}
