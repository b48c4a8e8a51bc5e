'use client';
// Migrate and fail over for several instances at once, for operators.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useFailOverInstance, useMigrateInstance } from '@/client/instance-moves';
import { Button } from '@/components/ui/Button';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import type { Instance } from '@/contract/schemas/instance';
import { actionRefusal } from './action-refusal';

type Props = { instances: Instance[]; onDone: () => void };

export function BulkMoves({ instances, onDone }: Props) {
  const t = useTranslations('moves.bulk');
  const [asked, setAsked] = useState<'migrate' | 'failover' | null>(null);
  const migrate = useMigrateInstance();
  const failover = useFailOverInstance();
  if (!instances.some(({ secondary }) => secondary !== null)) return null;
  const possible = {
    migrate: instances.filter((one) => actionRefusal('migrate', one) === null),
    failover: instances.filter((one) => actionRefusal('failover', one) === null),
  };
  const verbs = { migrate, failover };
  const doIt = (verb: 'migrate' | 'failover') => {
    for (const { id } of possible[verb]) verbs[verb].mutate({ id });
    setAsked(null);
    onDone();
  };
  return (
    <>
      <Button
        disabledReason={possible.migrate.length === 0 ? t('noneMigratable') : null}
        onClick={() => setAsked('migrate')}
      >
        {t('migrate', { count: possible.migrate.length })}
      </Button>
      <Button
        disabledReason={possible.failover.length === 0 ? t('noneFailable') : null}
        onClick={() => setAsked('failover')}
      >
        {t('failover', { count: possible.failover.length })}
      </Button>
      {asked && (
        <ConfirmDialog
          open
          onClose={() => setAsked(null)}
          title={t(`${asked}Title`, { count: possible[asked].length })}
          verb={t(asked, { count: possible[asked].length })}
          danger={false}
          pending={false}
          error={null}
          onConfirm={() => doIt(asked)}
        >
          {t(`${asked}Text`)}
        </ConfirmDialog>
      )}
    </>
  );
}
