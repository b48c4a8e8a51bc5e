'use client';
// What runs on the node and is no instance: somebody made it there by hand. Shown only where there is any.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Section } from '@/components/ui/Section';
import { StateBadge } from '@/components/ui/StateBadge';
import type { Tone } from '@/components/ui/tone';
import type { ForeignDomain } from '@/contract/schemas/domain';
import type { Node } from '@/contract/schemas/node';
import { formatMiB } from '@/contract/units';
import { TakeOverDomain } from './TakeOverDomain';

const tones: Record<ForeignDomain['state'], Tone> = {
  running: 'running',
  paused: 'stopped',
  ended: 'broken',
};

export function ForeignDomains({ node }: { node: Node }) {
  const t = useTranslations('upkeep.domains');
  const domains = node.facts?.domains ?? [];
  if (domains.length === 0) return null;
  return (
    <Section title={t('title')} help={t('help')}>
      <ul className="-my-2 divide-y divide-line">
        {domains.map((domain) => (
          <DomainRow key={domain.id} node={node} domain={domain} />
        ))}
      </ul>
    </Section>
  );
}

type Row = { node: Node; domain: ForeignDomain };

function DomainRow({ node, domain }: Row) {
  const t = useTranslations('upkeep.domains');
  const kinds = useTranslations('states.hypervisor');
  const { name, hypervisor, state, vcpus, memoryMiB, disks, nics, problem } = domain;
  const diskMiB = disks.reduce((sum, { sizeMiB }) => sum + (sizeMiB ?? 0), 0);
  const parts = [
    kinds(hypervisor),
    t('machine', { vcpus, memory: formatMiB(memoryMiB) }),
    t('disks', { count: disks.length, known: diskMiB > 0 ? 'yes' : 'no', size: formatMiB(diskMiB) }),
    t('nics', { count: nics.length }),
  ];
  return (
    <li className="flex items-start gap-3 py-2">
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-3">
          <span className="max-w-full truncate font-mono text-[13px]" title={name}>
            {name}
          </span>
          <StateBadge tone={tones[state]} word={t(`states.${state}`)} />
        </div>
        <p className="text-sm text-faint">{parts.join(' · ')}</p>
        {problem && <p className="text-sm break-words text-attention">{problem}</p>}
      </div>
      <TakeOverButton node={node} domain={domain} />
    </li>
  );
}

function TakeOverButton({ node, domain }: Row) {
  const t = useTranslations('upkeep.domains');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="small" disabledReason={domain.problem} onClick={() => setOpen(true)}>
        {t('takeOver')}
      </Button>
      {isOpen && <TakeOverDomain node={node} domain={domain} onClose={() => setOpen(false)} />}
    </>
  );
}
