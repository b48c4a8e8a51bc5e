'use client';
// The networks that customers may use: bridges that the nodes have or will have, and the user network.
import { useTranslations } from 'next-intl';
import { type Control, Controller } from 'react-hook-form';
import { CheckboxField } from '@/components/ui/Checkbox';
import { BridgeEntry } from './BridgeEntry';
import { ChoiceField } from './ChoiceField';
import type { ClusterSettings } from './cluster-settings';

type Props = { control: Control<ClusterSettings>; nodeBridges: string[] };

export function NetworkFields({ control, nodeBridges }: Props) {
  const t = useTranslations('clusters.networks');
  return (
    <div role="group" aria-label={t('title')} className="grid gap-3">
      <div>
        <h3 className="font-semibold">{t('title')}</h3>
        <p className="text-sm text-faint">{t('help')}</p>
      </div>
      <Controller
        control={control}
        name="bridges"
        render={({ field: { value, onChange } }) => (
          <BridgeChoice nodeBridges={nodeBridges} value={value} onChange={onChange} />
        )}
      />
      <Controller
        control={control}
        name="userNetwork"
        render={({ field: { value, onChange, onBlur } }) => (
          <CheckboxField
            label={t('userNetwork')}
            help={t('userNetworkHelp')}
            checked={value}
            onChange={({ target }) => onChange(target.checked)}
            onBlur={onBlur}
          />
        )}
      />
    </div>
  );
}

type ChoiceProps = { nodeBridges: string[]; value: string[]; onChange: (bridges: string[]) => void };

/** A bridge that no node has (yet) stays in the list while it is offered. */
function BridgeChoice({ nodeBridges, value, onChange }: ChoiceProps) {
  const t = useTranslations('clusters.networks');
  const names = [...new Set([...nodeBridges, ...value])].sort();
  const options = names.map((name) => ({
    value: name,
    label: nodeBridges.includes(name) ? name : t('absent', { name }),
  }));
  return (
    <div className="grid gap-2">
      <ChoiceField label={t('bridges')} options={options} values={value} onChange={onChange} />
      {names.length === 0 && <p className="text-sm text-soft">{t('noBridges')}</p>}
      <BridgeEntry onAdd={(name) => onChange([...new Set([...value, name])].sort())} />
    </div>
  );
}
