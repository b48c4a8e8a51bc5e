'use client';
// New, empty disks in the place of lost ones. What was on them is gone, so the name is typed first.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { asAppError } from '@/client/fetch-json';
import { useRecreateDisks } from '@/client/instance-moves';
import { CheckboxField } from '@/components/ui/Checkbox';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import { RadioCards } from '@/components/ui/RadioCards';
import type { Instance } from '@/contract/schemas/instance';
import { formatMiB } from '@/contract/units';
import { NodeChoice } from './NodeChoice';

export function RecreateDisksDialog({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const t = useTranslations('moves.recreateDialog');
  const { id, name, status, disks, diskTemplate } = instance;
  const [where, setWhere] = useState<'here' | 'elsewhere'>(status === 'nodeOffline' ? 'elsewhere' : 'here');
  const [diskIds, setDiskIds] = useState(disks.map((disk) => disk.id));
  const [nodeId, setNodeId] = useState('');
  const [secondaryId, setSecondaryId] = useState('');
  const recreate = useRecreateDisks();
  const isMirrored = diskTemplate === 'drbd';
  const elsewhere = { relocate: true, nodeId: nodeId || undefined, secondaryId: secondaryId || undefined };
  const wish = where === 'here' ? { diskIds: diskIds.length === disks.length ? [] : diskIds } : elsewhere;
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t('title', { name })}
      verb={t('submit')}
      typedName={name}
      pending={recreate.isPending}
      error={recreate.error && asAppError(recreate.error)}
      onConfirm={() => recreate.mutate({ id, confirmName: name, ...wish }, { onSuccess: onClose })}
    >
      <div className="grid gap-3">
        <p>{t('text')}</p>
        <div className="grid gap-3 text-ink">
          <RadioCards
            name="recreate-where"
            label={t('where')}
            value={where}
            onChange={setWhere}
            cards={[
              {
                ...{ value: 'here', title: t('here'), help: t('hereHelp') },
                disabledReason: status === 'nodeOffline' ? t('hereOffline') : undefined,
              },
              { value: 'elsewhere', title: t('elsewhere'), help: t('elsewhereHelp') },
            ]}
          />
          {where === 'here' && disks.length > 1 && (
            <DiskChoice disks={disks} chosen={diskIds} onChange={setDiskIds} />
          )}
        </div>
        {where === 'elsewhere' && (
          <NodeChoice instance={instance} label={t('node')} value={nodeId} onChange={setNodeId} />
        )}
        {where === 'elsewhere' && isMirrored && (
          <NodeChoice
            instance={instance}
            label={t('secondary')}
            value={secondaryId}
            onChange={setSecondaryId}
          />
        )}
      </div>
    </ConfirmDialog>
  );
}

type ChoiceProps = { disks: Instance['disks']; chosen: string[]; onChange: (ids: string[]) => void };

/** One stays chosen: nothing to do is no job. */
function DiskChoice({ disks, chosen, onChange }: ChoiceProps) {
  const t = useTranslations('moves.recreateDialog');
  return (
    <fieldset className="grid gap-0.5">
      <legend className="font-medium">{t('disks')}</legend>
      {disks.map(({ id, index, sizeMiB }) => (
        <CheckboxField
          key={id}
          label={t('disk', { index, size: formatMiB(sizeMiB) })}
          checked={chosen.includes(id)}
          disabled={chosen.length === 1 && chosen[0] === id}
          onChange={({ target }) =>
            onChange(target.checked ? [...chosen, id] : chosen.filter((one) => one !== id))
          }
        />
      ))}
    </fieldset>
  );
}
