'use client';
import { useTranslations } from 'next-intl';
import { useWatch } from 'react-hook-form';
import { Field } from '@/components/form/Field';
import { RadioCards } from '@/components/ui/RadioCards';
import { Section } from '@/components/ui/Section';
import { Select } from '@/components/ui/Select';
import { offersTiny } from '@/contract/schemas/node';
import type { CreateOffer } from '@/contract/schemas/cluster';
import type { OsChoice } from '@/contract/schemas/instance';
import type { CreatePart } from './create-form';
import { scriptsOn } from './create-values';
import { firstChoice, ScriptFields } from './ScriptFields';

export function OsFields({ form, offer }: CreatePart) {
  const t = useTranslations('instances.form');
  const kinds = useTranslations('states.os');
  const [os, nodeId] = useWatch({ control: form.control, name: ['os', 'nodeId'] });
  const tiny = useTiny(offer);
  const [firstIso] = offer.isos;
  const scripts = scriptsOn(offer, nodeId);
  const [firstScript] = scripts;
  const choose = (next: OsChoice) => {
    form.setValue('os', next, { shouldDirty: true, shouldValidate: form.formState.isSubmitted });
  };
  const chooseKind = (kind: OsChoice['kind']) => {
    if (kind === 'iso') return firstIso && choose({ kind, iso: firstIso });
    if (kind === 'script') return firstScript && choose(firstChoice(firstScript));
    return choose({ kind });
  };
  const error = form.formState.errors.os?.message;

  return (
    <Section title={t('os')}>
      <div className="grid gap-3">
        <RadioCards
          name="os"
          label={t('os')}
          columns={2}
          value={os.kind}
          onChange={chooseKind}
          cards={[
            { value: 'tiny', title: kinds('tiny'), help: tiny.help, disabledReason: tiny.refusal },
            {
              value: 'iso',
              title: kinds('iso'),
              help: t('osHints.iso'),
              disabledReason: firstIso ? undefined : t('osHints.isoMissing'),
            },
            {
              value: 'script',
              title: kinds('script'),
              help: t('osHints.script'),
              disabledReason: firstScript ? undefined : t('osHints.scriptMissing'),
            },
            { value: 'none', title: kinds('none'), help: t('osHints.none') },
          ]}
        />
        {os.kind === 'iso' && (
          <Field label={t('iso')} error={error}>
            {(wiring) => (
              <Select
                {...wiring}
                value={os.iso}
                className="font-mono"
                options={offer.isos.map((iso) => ({ value: iso, label: iso }))}
                onChange={({ target }) => choose({ kind: 'iso', iso: target.value })}
              />
            )}
          </Field>
        )}
        {os.kind === 'script' && (
          <ScriptFields choice={os} offers={scripts} error={error} onChange={choose} />
        )}
      </div>
    </Section>
  );
}

/** What the card says of tiny, and whether it can be chosen. */
function useTiny({ oses }: CreateOffer): { help: string; refusal?: string } {
  const t = useTranslations('instances.form.osHints');
  const tiny = oses.find(({ kind }) => kind === 'tiny');
  const help = t(tiny?.state === 'preparing' ? 'tinyPreparing' : 'tiny');
  if (offersTiny(oses)) return { help };
  return { help, refusal: tiny ? t('tinyFailed', { detail: tiny.detail ?? '' }) : t('tinyMissing') };
}
