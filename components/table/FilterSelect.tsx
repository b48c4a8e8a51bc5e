'use client';
import { useTranslations } from 'next-intl';
import { type Option, Select } from '@/components/ui/Select';

type Props = {
  /** What it filters by: "State". */
  label: string;
  value: string | undefined;
  options: readonly Option[];
  onChange: (value: string | undefined) => void;
};

/** A filter of one value; its first entry is "any". */
export function FilterSelect({ label, value, options, onChange }: Props) {
  const t = useTranslations('table');
  return (
    <Select
      aria-label={label}
      wide={false}
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value || undefined)}
      options={[{ value: '', label: t('any', { what: label }) }, ...options]}
      className={value ? 'border-accent! bg-accent-wash! font-medium' : 'text-soft!'}
    />
  );
}
