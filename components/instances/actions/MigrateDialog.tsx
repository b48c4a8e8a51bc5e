'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { asAppError } from '@/client/fetch-json';
import { useMigrateInstance } from '@/client/instance-moves';
import { Field } from '@/components/form/Field';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import { Input } from '@/components/ui/Input';
import type { Instance } from '@/contract/schemas/instance';
import { InstanceMigrate } from '@/contract/schemas/instance-actions';

/** Empty fields are left to the cluster. */
export function MigrateDialog({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const t = useTranslations('moves.migrateDialog');
  const { id, name, node, secondary } = instance;
  const [bandwidth, setBandwidth] = useState('');
  const [downtime, setDowntime] = useState('');
  const [isChecked, setChecked] = useState(false);
  const migrate = useMigrateInstance({ shownInline: true });
  const bandwidthMiBs = readNumber(bandwidth);
  const downtimeMs = readNumber(downtime);
  const isWrong = {
    bandwidth: !InstanceMigrate.shape.bandwidthMiBs.safeParse(bandwidthMiBs).success,
    downtime: !InstanceMigrate.shape.downtimeMs.safeParse(downtimeMs).success,
  };
  const submit = () => {
    setChecked(true);
    if (isWrong.bandwidth || isWrong.downtime) return;
    migrate.mutate({ id, bandwidthMiBs, downtimeMs }, { onSuccess: onClose });
  };
  const to = secondary?.name ?? '';
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t('title', { name })}
      verb={t('submit', { to })}
      danger={false}
      pending={migrate.isPending}
      error={migrate.error && asAppError(migrate.error)}
      onConfirm={submit}
    >
      <div className="grid gap-3">
        <p>{t('text', { from: node?.name ?? '', to })}</p>
        <fieldset className="grid gap-3 text-ink sm:grid-cols-2">
          <legend className="sr-only">{t('limits')}</legend>
          <Field
            label={t('bandwidth')}
            error={isChecked && isWrong.bandwidth ? t('bandwidthInvalid') : undefined}
          >
            {(wiring) => (
              <LimitInput {...wiring} value={bandwidth} onChange={setBandwidth} placeholder={t('usual')} />
            )}
          </Field>
          <Field
            label={t('downtime')}
            error={isChecked && isWrong.downtime ? t('downtimeInvalid') : undefined}
          >
            {(wiring) => (
              <LimitInput {...wiring} value={downtime} onChange={setDowntime} placeholder={t('usual')} />
            )}
          </Field>
        </fieldset>
      </div>
    </ConfirmDialog>
  );
}

type InputProps = { id: string; value: string; onChange: (text: string) => void; placeholder: string };

function LimitInput({ onChange, ...rest }: InputProps) {
  return (
    <Input
      {...rest}
      inputMode="numeric"
      autoComplete="off"
      onChange={({ target }) => onChange(target.value)}
    />
  );
}

/** undefined where nothing is entered, NaN where it is no number. */
function readNumber(text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(text);
}
