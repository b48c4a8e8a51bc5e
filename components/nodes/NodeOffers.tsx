'use client';
import { useTranslations } from 'next-intl';
import { FactList } from '@/components/ui/KeyValue';
import { Section } from '@/components/ui/Section';
import { StateBadge } from '@/components/ui/StateBadge';
import type { Node } from '@/contract/schemas/node';

const tones = { ready: 'running', preparing: 'working', failed: 'broken' } as const;

/** What can be installed or booted on this node. */
export function NodeOffers({ node: { facts } }: { node: Node }) {
  const t = useTranslations('nodes');
  const kinds = useTranslations('states.os');
  if (!facts) return null;
  return (
    <Section title={t('offers')}>
      <FactList
        facts={[
          ...facts.oses.map(({ kind, state, detail }) => ({
            label: kinds(kind),
            value: (
              <span className="grid">
                <StateBadge tone={tones[state]} word={t(`osStates.${state}`)} />
                {detail && <span className="text-sm text-faint">{detail}</span>}
              </span>
            ),
          })),
          ...(facts.scripts ?? []).map(({ name, variants, problem }) => ({
            label: t('script', { os: name }),
            value: (
              <span className="grid">
                <StateBadge
                  tone={tones[problem === null ? 'ready' : 'failed']}
                  word={t(problem === null ? 'osStates.ready' : 'osStates.failed')}
                />
                <span className="text-sm text-faint">{problem ?? variants.join(', ')}</span>
              </span>
            ),
          })),
          {
            label: t('isos'),
            value:
              facts.isos.length > 0 ? (
                <span className="font-mono text-[13px]">{facts.isos.join(', ')}</span>
              ) : (
                <span className="text-faint">{t('noIsos')}</span>
              ),
          },
        ]}
      />
    </Section>
  );
}
