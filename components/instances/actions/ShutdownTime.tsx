'use client';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { NumberField } from '@/components/ui/NumberField';
import { longestShutdownS } from '@/contract/schemas/instance';

type Props = { value: number; onChange: (seconds: number) => void };

/** How long a guest that has to be stopped may take; none at all switches it off at once. */
export function ShutdownTime({ value, onChange }: Props) {
  const t = useTranslations('instances');
  const words = useTranslations('moves');
  const id = useId();
  return (
    <div className="grid justify-start gap-1 text-soft">
      <label htmlFor={id}>{words('timeout')}</label>
      <NumberField
        id={id}
        value={value}
        onChange={(seconds) => onChange(Number.isNaN(seconds) ? 0 : seconds)}
        min={0}
        max={longestShutdownS}
        step={30}
        stepLabels={{ less: t('shorter'), more: t('longer') }}
      />
      <p className="text-sm text-faint">{words('timeoutHelp')}</p>
    </div>
  );
}
