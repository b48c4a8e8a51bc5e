'use client';
// Which OS an instance gets: for one that is made, and for one that is installed anew.
import { useTranslations } from 'next-intl';
import { Field } from '@/components/form/Field';
import { RadioCards } from '@/components/ui/RadioCards';
import { Select } from '@/components/ui/Select';
import { offersTiny } from '@/contract/schemas/node';
import type { CreateOffer } from '@/contract/schemas/cluster';
import type { OsChoice } from '@/contract/schemas/instance';
import type { ScriptOffer } from '@/contract/schemas/os-script';
import { chooseImage, ImageFields } from './ImageFields';
import { firstChoice, ScriptFields } from './ScriptFields';

type Props = {
  os: OsChoice;
  offer: CreateOffer;
  /** What scripts can install where it is, or wherever it may be placed. */
  scripts: readonly ScriptOffer[];
  error: string | undefined;
  onChange: (os: OsChoice) => void;
};

export function OsChoiceFields({ os, offer, scripts, error, onChange }: Props) {
  const t = useTranslations('instances.form');
  const kinds = useTranslations('states.os');
  const tiny = useTiny(offer);
  const [firstIso] = offer.isos;
  const [firstScript] = scripts;
  const [firstImage] = offer.images;
  const chooseKind = (kind: OsChoice['kind']) => {
    if (kind === 'iso') return firstIso && onChange({ kind, iso: firstIso });
    if (kind === 'image') return firstImage && onChange(chooseImage(firstImage));
    if (kind === 'script') return firstScript && onChange(firstChoice(firstScript));
    return onChange({ kind });
  };
  return (
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
            value: 'image',
            title: kinds('image'),
            help: t('osHints.image'),
            disabledReason: firstImage ? undefined : t('osHints.imageMissing'),
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
              onChange={({ target }) => onChange({ kind: 'iso', iso: target.value })}
            />
          )}
        </Field>
      )}
      {os.kind === 'image' && (
        <ImageFields choice={os} offers={offer.images} error={error} onChange={onChange} />
      )}
      {os.kind === 'script' && (
        <ScriptFields choice={os} offers={scripts} error={error} onChange={onChange} />
      )}
    </div>
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
