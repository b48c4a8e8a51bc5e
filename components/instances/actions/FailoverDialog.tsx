'use client';
// What is known of the two sides, and what is not, stands before the question: a failover away from a silent node is decided by it.
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { asAppError } from '@/client/fetch-json';
import { useFailOverInstance } from '@/client/instance-moves';
import { nodeQuery } from '@/client/nodes';
import { CheckboxField } from '@/components/ui/Checkbox';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { holdsEverything } from '@/contract/mirror-health';
import type { Instance } from '@/contract/schemas/instance';
import { FailoverFacts } from './FailoverFacts';
import { ShutdownTime } from './ShutdownTime';

const firstTimeoutS = 120;

export function FailoverDialog({ instance, onClose }: { instance: Instance; onClose: () => void }) {
  const t = useTranslations('moves.failoverDialog');
  const cancel = useTranslations('moves')('cancel');
  const { id, name, node, secondary, disks } = instance;
  const { data: primary } = useQuery({ ...nodeQuery(node?.id ?? ''), enabled: node !== null });
  const failOver = useFailOverInstance({ shownInline: true });
  const [accepts, setAccepts] = useState(false);
  const [timeoutS, setTimeoutS] = useState(firstTimeoutS);
  const isOff = primary?.state === 'offline' && primary.fencedAt !== null;
  const isSure = disks.every(({ sides }) => holdsEverything(sides, { isPrimaryOff: isOff }));
  const from = node?.name ?? '';
  const to = secondary?.name ?? '';
  const submit = () =>
    failOver.mutate({ id, timeoutS, ignoreConsistency: !isSure && accepts }, { onSuccess: onClose });

  return (
    <Dialog
      open
      onClose={onClose}
      title={t('title', { name })}
      footer={
        <>
          <Button onClick={onClose}>{cancel}</Button>
          <Button
            look={isSure ? 'primary' : 'danger'}
            pending={failOver.isPending}
            disabledReason={isSure || accepts ? null : t('ignoreMissing')}
            onClick={submit}
          >
            {t('submit', { to })}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        <p className="text-soft">{t(isOff ? 'textOff' : 'text', { from, to })}</p>
        {primary && <FailoverFacts instance={instance} primary={primary} />}
        {!isOff && <ShutdownTime value={timeoutS} onChange={setTimeoutS} />}
        {!isSure && (
          <CheckboxField
            label={t('ignore', { to })}
            help={t('ignoreHelp', { from })}
            checked={accepts}
            onChange={({ target }) => setAccepts(target.checked)}
          />
        )}
        {failOver.error && <ErrorPanel error={asAppError(failOver.error)} compact />}
      </div>
    </Dialog>
  );
}
