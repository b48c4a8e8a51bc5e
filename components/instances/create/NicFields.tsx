'use client';
import { Plus, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useFieldArray, useFormState, useWatch } from 'react-hook-form';
import { Button } from '@/components/ui/Button';
import { Section } from '@/components/ui/Section';
import { Select } from '@/components/ui/Select';
import { limits } from '@/contract/units';
import type { CreatePart } from './create-form';
import { firstNics } from './create-values';

export function NicFields({ form, offer }: CreatePart) {
  const t = useTranslations('instances.form');
  const { fields, append, remove } = useFieldArray({ control: form.control, name: 'nics' });
  const [added] = firstNics(offer);
  const refusal = fields.length >= limits.nics ? t('mostNics', { count: limits.nics }) : null;
  return (
    <Section
      title={t('network')}
      actions={
        <Button
          size="small"
          disabledReason={added ? refusal : t('noNetworks')}
          onClick={() => added && append(added)}
        >
          <Plus aria-hidden />
          {t('addNic')}
        </Button>
      }
    >
      <div className="grid gap-3">
        {fields.length === 0 && <p className="text-soft">{t('noNics')}</p>}
        {fields.map(({ id }, index) => (
          <NicRow key={id} form={form} offer={offer} index={index} onRemove={() => remove(index)} />
        ))}
      </div>
    </Section>
  );
}

function NicRow({ form, offer, index, onRemove }: CreatePart & { index: number; onRemove: () => void }) {
  const t = useTranslations('instances.form');
  const nic = useWatch({ control: form.control, name: `nics.${index}` });
  const [firstBridge] = offer.bridges;
  const set = (next: typeof nic) => {
    // What the server said was about the network that was chosen before.
    form.clearErrors(`nics.${index}`);
    form.setValue(`nics.${index}`, next, { shouldDirty: true });
  };
  const chooseMode = (mode: string) => {
    if (mode === 'bridged' && firstBridge) set({ mode, link: firstBridge });
    else set({ mode: 'user' });
  };
  const error = useNicError(form, index);
  if (!nic) return null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="w-14 text-soft">{t('nic', { index })}</span>
      <Select
        aria-label={t('nicMode', { index })}
        wide={false}
        value={nic.mode}
        onChange={({ target }) => chooseMode(target.value)}
        options={[
          {
            value: 'user',
            label: offer.userNetwork ? t('modes.user') : t('noUserNetwork'),
            disabled: !offer.userNetwork,
          },
          {
            value: 'bridged',
            label: firstBridge ? t('modes.bridged') : t('noBridges'),
            disabled: !firstBridge,
          },
        ]}
      />
      {nic.mode === 'bridged' && (
        <Select
          aria-label={t('nicLink', { index })}
          wide={false}
          className="font-mono"
          value={nic.link}
          onChange={({ target }) => set({ mode: 'bridged', link: target.value })}
          options={offer.bridges.map((bridge) => ({ value: bridge, label: bridge }))}
        />
      )}
      <Button
        look="quiet"
        size="icon"
        aria-label={t('removeNic', { index })}
        tooltip={t('removeNic', { index })}
        onClick={onRemove}
        className="ml-auto"
      >
        <X aria-hidden />
      </Button>
      {error && (
        <p role="alert" className="basis-full text-sm text-broken">
          {error}
        </p>
      )}
    </div>
  );
}

/** What the server has against the network of a NIC: its mode, or the bridge. */
function useNicError({ control, getFieldState }: CreatePart['form'], index: number): string | undefined {
  const names = [`nics.${index}.mode`, `nics.${index}.link`] as const;
  const state = useFormState({ control, name: names });
  return names.flatMap((name) => getFieldState(name, state).error?.message ?? [])[0];
}
