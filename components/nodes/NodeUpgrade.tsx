'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { agentUpgradeQuery } from '@/client/nodes';
import { CopyText } from '@/components/ui/CopyText';
import { Section } from '@/components/ui/Section';
import type { Node } from '@/contract/schemas/node';

/** How to bring the agent to the console's version; nothing where it has that. */
export function NodeUpgrade({ node: { facts } }: { node: Node }) {
  const t = useTranslations('nodes');
  const { data: upgrade } = useQuery(agentUpgradeQuery());
  if (!upgrade || !facts || facts.agentVersion === upgrade.version) return null;
  return (
    <Section title={t('upgradeTitle')}>
      <div className="grid gap-2">
        <p>{t('upgradeText', { agent: facts.agentVersion, console: upgrade.version })}</p>
        <CopyText text={upgrade.command} look="block" />
      </div>
    </Section>
  );
}
