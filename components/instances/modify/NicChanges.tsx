'use client';
import { useQuery } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { UseFormReturn } from 'react-hook-form';
import { createOptionsQuery } from '@/client/create-options';
import { firstNics, offerFor } from '@/components/instances/create/create-values';
import { Button } from '@/components/ui/Button';
import { Select } from '@/components/ui/Select';
import type { CreateOffer } from '@/contract/schemas/cluster';
import type { Instance, NicCreate } from '@/contract/schemas/instance';
import { limits } from '@/contract/units';
import type { ModifyValues } from './modify-values';
import { useModifyValues } from './use-modify-values';

type Props = { form: UseFormReturn<ModifyValues>; instance: Instance };

/** NICs that it has, to be kept or removed, and new ones. */
export function NicChanges({ form, instance: { nics, cluster, hypervisor } }: Props) {
  const t = useTranslations('machine.modify');
  const words = useTranslations('instances.form');
  const { data } = useQuery(createOptionsQuery());
  const whole = data?.clusters.find((one) => one.cluster.id === cluster.id);
  const offer = whole && offerFor(whole, hypervisor);
  const [added] = offer ? firstNics(offer) : [];
  const { removeNicIds, addNics } = useModifyValues(form);
  const count = nics.length - removeNicIds.length + addNics.length;
  const setNew = (next: NicCreate[]) => form.setValue('addNics', next, { shouldDirty: true });
  const full = count >= limits.nics ? words('mostNics', { count: limits.nics }) : null;
  return (
    <fieldset className="grid gap-2 border-t border-line pt-4">
      <legend className="sr-only">{t('nics')}</legend>
      <div className="flex items-center">
        <h3 className="flex-1 font-semibold">{t('nics')}</h3>
        <Button
          size="small"
          disabledReason={added ? full : words('noNetworks')}
          onClick={() => added && setNew([...addNics, added])}
        >
          <Plus aria-hidden />
          {words('addNic')}
        </Button>
      </div>
      {count === 0 && <p className="text-soft">{words('noNics')}</p>}
      {nics.map((nic) => (
        <PresentNic
          key={nic.id}
          nic={nic}
          isRemoved={removeNicIds.includes(nic.id)}
          onToggle={() => form.setValue('removeNicIds', toggle(removeNicIds, nic.id), { shouldDirty: true })}
        />
      ))}
      {offer &&
        addNics.map((nic, at) => (
          <NewNic
            key={at}
            nic={nic}
            offer={offer}
            onChange={(next) => setNew(addNics.map((one, index) => (index === at ? next : one)))}
            onRemove={() => setNew(addNics.filter((_, index) => index !== at))}
          />
        ))}
    </fieldset>
  );
}

const toggle = (ids: string[], id: string) =>
  ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id];

type PresentProps = { nic: Instance['nics'][number]; isRemoved: boolean; onToggle: () => void };

function PresentNic({ nic: { index, mode, link, mac }, isRemoved, onToggle }: PresentProps) {
  const t = useTranslations('machine.modify');
  const words = useTranslations('instances');
  const place = mode === 'user' ? words('nic.user') : words('nic.bridged', { link: link ?? '' });
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-x-3">
      <span className="w-14 text-soft">{words('form.nic', { index })}</span>
      <span className={isRemoved ? 'text-faint line-through' : undefined}>{place}</span>
      <span className="font-mono text-[12px] text-faint">{mac}</span>
      <span className="ml-auto flex items-center gap-2">
        {isRemoved && <span className="text-sm text-attention">{t('removed')}</span>}
        {isRemoved ? (
          <Button size="small" onClick={onToggle}>
            {t('keep')}
          </Button>
        ) : (
          <RemoveNic label={words('form.removeNic', { index })} onClick={onToggle} />
        )}
      </span>
    </div>
  );
}

type NewProps = {
  nic: NicCreate;
  offer: CreateOffer;
  onChange: (nic: NicCreate) => void;
  onRemove: () => void;
};

function NewNic({ nic, offer, onChange, onRemove }: NewProps) {
  const t = useTranslations('machine.modify');
  const words = useTranslations('instances');
  return (
    <div className="flex items-center gap-2">
      <Select
        aria-label={t('newNic')}
        value={nic.mode === 'user' ? '' : nic.link}
        onChange={({ target }) =>
          onChange(target.value === '' ? { mode: 'user' } : { mode: 'bridged', link: target.value })
        }
        options={[
          ...(offer.userNetwork ? [{ value: '', label: words('nic.user') }] : []),
          ...offer.bridges.map((link) => ({ value: link, label: words('nic.bridged', { link }) })),
        ]}
      />
      <RemoveNic label={t('removeNew')} onClick={onRemove} />
    </div>
  );
}

function RemoveNic({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button look="quiet" size="icon" aria-label={label} tooltip={label} onClick={onClick}>
      <X aria-hidden />
    </Button>
  );
}
