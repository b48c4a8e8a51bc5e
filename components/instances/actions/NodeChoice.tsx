'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { nodesQuery } from '@/client/nodes';
import { Field } from '@/components/form/Field';
import { Select } from '@/components/ui/Select';
import { pageSizes } from '@/contract/schemas/common';
import type { Instance } from '@/contract/schemas/instance';

type Props = { instance: Instance; label: string; value: string; onChange: (nodeId: string) => void };

/** A node of its cluster besides those that it lies on; an empty value leaves it to placement. */
export function NodeChoice({ instance: { cluster, node, secondary }, label, value, onChange }: Props) {
  const t = useTranslations('moves');
  const states = useTranslations('states.node');
  const query = { page: 1, pageSize: pageSizes.max, search: '', clusterId: cluster.id };
  const { data } = useQuery(nodesQuery(query));
  const others = data?.items.filter(({ id }) => id !== node?.id && id !== secondary?.id) ?? [];
  return (
    <div className="text-ink">
      <Field label={label}>
        {(wiring) => (
          <Select
            {...wiring}
            value={value}
            onChange={({ target }) => onChange(target.value)}
            options={[
              { value: '', label: t('chosenByItself') },
              ...others.map(({ id, name, state, drained }) => {
                const isReady = state === 'online' && !drained;
                const word = states(state === 'online' ? 'drained' : state);
                return { value: id, label: isReady ? name : `${name}: ${word}`, disabled: !isReady };
              }),
            ]}
          />
        )}
      </Field>
    </div>
  );
}
