'use client';
// One limit of a quota: unlimited, an amount, or, where there is something to inherit, inherited.
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { SizeField } from '@/components/form/SizeField';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import type { QuotaResource } from '@/contract/schemas/quota';
import { amountOf, modeOf, type LimitValue } from './limit-value';

type Props = {
  resource: QuotaResource;
  value: LimitValue;
  onChange: (value: LimitValue) => void;
  /** What is inherited, in words; absent: nothing can be inherited. */
  inherited?: string;
  error?: boolean;
};

export function AmountField({ resource, value, onChange, inherited, error = false }: Props) {
  const t = useTranslations('clusters');
  const noteId = useId();
  const mode = modeOf(value);
  const isSize = resource === 'memoryMiB' || resource === 'diskMiB';
  const word = useTranslations('states.quota')(resource);
  const options = [
    ...(inherited ? [{ value: 'inherit', label: t('amount.inheritWith', { limit: inherited }) }] : []),
    { value: 'unlimited', label: t('amount.unlimited') },
    { value: 'amount', label: t('amount.limited') },
  ];
  const wiring = {
    'aria-label': t('amount.amountOf', { resource: word }),
    'aria-invalid': error,
    'aria-describedby': error ? noteId : undefined,
  };
  return (
    <div role="group" aria-label={word} className="grid gap-1">
      <span className="font-medium">{word}</span>
      <div className="flex flex-wrap items-start gap-2">
        <span className="w-56">
          <Select
            aria-label={t('amount.modeOf', { resource: word })}
            value={mode}
            options={options}
            onChange={({ target }) => onChange(valueOfMode(target.value, resource))}
          />
        </span>
        {mode === 'amount' &&
          (isSize ? (
            <SizeField {...wiring} valueMiB={amountOf(value)} onChange={onChange} />
          ) : (
            <CountField {...wiring} value={amountOf(value)} onChange={onChange} />
          ))}
      </div>
      {error && (
        <p id={noteId} role="alert" className="text-sm text-broken">
          {t(isSize ? 'amount.sizeInvalid' : 'amount.invalid')}
        </p>
      )}
    </div>
  );
}

const firstAmount = { instances: 10, vcpus: 16, memoryMiB: 16 * 1024, diskMiB: 256 * 1024 };

function valueOfMode(mode: string, resource: QuotaResource): LimitValue {
  return mode === 'inherit' || mode === 'unlimited' ? mode : firstAmount[resource];
}

type CountProps = {
  value: number;
  onChange: (value: number) => void;
  'aria-label': string;
  'aria-invalid': boolean;
  'aria-describedby': string | undefined;
};

function CountField({ value, onChange, ...wiring }: CountProps) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Input
      {...wiring}
      inputMode="numeric"
      autoComplete="off"
      className="w-32!"
      value={typed ?? (Number.isNaN(value) ? '' : String(value))}
      onChange={({ target }) => {
        setTyped(target.value);
        onChange(/^\s*\d+\s*$/.test(target.value) ? Number(target.value) : Number.NaN);
      }}
      onBlur={() => !Number.isNaN(value) && setTyped(null)}
    />
  );
}
