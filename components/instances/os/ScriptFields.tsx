'use client';
// Which of the nodes' OS definitions installs the instance, and with which parameters.
import { useTranslations } from 'next-intl';
import { Field } from '@/components/form/Field';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import type { ScriptChoice, ScriptOffer } from '@/contract/schemas/os-script';

type Props = {
  choice: ScriptChoice;
  offers: readonly ScriptOffer[];
  error: string | undefined;
  onChange: (choice: ScriptChoice) => void;
};

/** The first way to choose this definition. */
export function firstChoice({ name, variants: [variant] }: ScriptOffer): ScriptChoice {
  return { kind: 'script', name, variant: variant ?? null, params: {} };
}

export function ScriptFields({ choice, offers, error, onChange }: Props) {
  const t = useTranslations('instances.form');
  const offer = offers.find(({ name }) => name === choice.name);
  const chooseName = (name: string) => {
    const chosen = offers.find((one) => one.name === name);
    if (chosen) onChange(firstChoice(chosen));
  };
  const setParam = (name: string, value: string) => {
    const { [name]: _, ...others } = choice.params;
    onChange({ ...choice, params: value === '' ? others : { ...others, [name]: value } });
  };
  return (
    <>
      <Field
        label={t('script')}
        error={error ?? (offer ? undefined : t('scriptElsewhere', { os: choice.name }))}
      >
        {(wiring) => (
          <Select
            {...wiring}
            value={choice.name}
            options={toOptions([...(offer ? [] : [choice.name]), ...offers.map(({ name }) => name)])}
            onChange={({ target }) => chooseName(target.value)}
          />
        )}
      </Field>
      {offer && offer.variants.length > 0 && (
        <Field label={t('variant')}>
          {(wiring) => (
            <Select
              {...wiring}
              value={choice.variant ?? ''}
              options={toOptions(offer.variants)}
              onChange={({ target }) => onChange({ ...choice, variant: target.value })}
            />
          )}
        </Field>
      )}
      {offer?.parameters.map(({ name, description }) => (
        <Field key={name} label={name} help={description}>
          {(wiring) => (
            <Input
              {...wiring}
              mono
              maxLength={4_096}
              value={choice.params[name] ?? ''}
              onChange={({ target }) => setParam(name, target.value)}
            />
          )}
        </Field>
      ))}
    </>
  );
}

function toOptions(names: readonly string[]) {
  return names.map((name) => ({ value: name, label: name }));
}
