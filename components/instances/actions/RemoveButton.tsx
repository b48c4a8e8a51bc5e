'use client';
import { useTranslations } from 'next-intl';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import type { Instance } from '@/contract/schemas/instance';
import { whyNot } from '@/contract/instance-actions';

const RemoveDialog = dynamic(() => import('./RemoveDialog').then((module) => module.RemoveDialog));

/** Removes an instance after its name was typed, or says why it can't be removed now. */
export function RemoveButton({ instance }: { instance: Instance }) {
  const t = useTranslations('instances.removeDialog');
  const reasons = useTranslations('reasons');
  const [isAsking, setAsking] = useState(false);
  const refusal = whyNot('remove', instance.status, instance.job !== null);
  return (
    <>
      <Button
        look="danger"
        pending={instance.job?.operation === 'instance.remove'}
        disabledReason={refusal && reasons(refusal)}
        onClick={() => setAsking(true)}
      >
        {t('submit')}
      </Button>
      {isAsking && <RemoveDialog instance={instance} onClose={() => setAsking(false)} />}
    </>
  );
}
