'use client';
// Which accelerator new instances get and why, and the setting that overrides it.
import { useTranslations } from 'next-intl';
import { useUpdateNode } from '@/client/nodes';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { RadioCards } from '@/components/ui/RadioCards';
import { Section } from '@/components/ui/Section';
import type { Node } from '@/contract/schemas/node';

export function NodeAccelerator({ node }: { node: Node }) {
  const t = useTranslations('nodes');
  const update = useUpdateNode();
  const accelerator = node.facts?.accelerator;
  const shown = update.isPending ? (update.variables.acceleratorSetting ?? null) : node.acceleratorSetting;
  return (
    <Section title={t('acceleratorTitle')} help={t('acceleratorApplies')}>
      <div className="grid gap-3">
        {accelerator && accelerator.used !== 'xen' && (
          <p>
            {t(`acceleratorUsed.${accelerator.used}`)} <span className="text-soft">{accelerator.reason}</span>
          </p>
        )}
        <RadioCards
          name="accelerator"
          label={t('acceleratorTitle')}
          value={shown}
          onChange={(acceleratorSetting) => update.mutate({ id: node.id, acceleratorSetting })}
          cards={(['auto', 'kvm', 'tcg'] as const).map((value) => ({
            value,
            title: t(`acceleratorSettings.${value}`),
            help: t(`acceleratorSettings.${value}Help`),
          }))}
        />
        {update.error && <ErrorPanel error={update.error} compact />}
      </div>
    </Section>
  );
}
