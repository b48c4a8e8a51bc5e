'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { createOptionsQuery } from '@/client/create-options';
import { asAppError } from '@/client/fetch-json';
import { useReinstallInstance } from '@/client/instances';
import { CheckboxField } from '@/components/ui/Checkbox';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import { Spinner } from '@/components/ui/Spinner';
import type { Instance } from '@/contract/schemas/instance';
import { scriptsOn } from '../create/create-values';
import { OsChoiceFields } from '../os/OsChoiceFields';

/** Installing over a system asks for the name, as removing does. */
export function ReinstallDialog({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const t = useTranslations('instances.reinstallDialog');
  const { id, name, cluster, node } = instance;
  const [os, setOs] = useState(instance.os);
  const [eraseDisks, setEraseDisks] = useState(false);
  const options = useQuery(createOptionsQuery());
  const reinstall = useReinstallInstance();
  const offer = options.data?.clusters.find((one) => one.cluster.id === cluster.id);
  const error = reinstall.error ?? options.error;
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t('title', { name })}
      verb={t('submit')}
      typedName={name}
      pending={reinstall.isPending}
      error={error && asAppError(error)}
      onConfirm={() => reinstall.mutate({ id, os, eraseDisks, confirmName: name }, { onSuccess: onClose })}
    >
      <div className="grid gap-3">
        <p>{t(eraseDisks ? 'textErase' : 'text')}</p>
        {offer ? (
          <OsChoiceFields
            os={os}
            offer={offer}
            scripts={scriptsOn(offer, node?.id)}
            error={undefined}
            onChange={setOs}
          />
        ) : (
          options.isPending && <Spinner />
        )}
        <CheckboxField
          label={t('erase')}
          help={t('eraseHint')}
          checked={eraseDisks}
          onChange={({ target }) => setEraseDisks(target.checked)}
        />
      </div>
    </ConfirmDialog>
  );
}
