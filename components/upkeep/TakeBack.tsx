'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useSetNodeOnline } from '@/client/node-upkeep';
import { Button } from '@/components/ui/Button';
import { CheckboxField } from '@/components/ui/Checkbox';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import type { Node } from '@/contract/schemas/node';

/** Takes an offline node back that answers again. */
export function TakeBack({ node }: { node: Node }) {
  const t = useTranslations('upkeep.takeBack');
  const setOnline = useSetNodeOnline();
  const [isOpen, setOpen] = useState(false);
  const [stopStrays, setStopStrays] = useState(true);
  const confirm = () => setOnline.mutate({ id: node.id, stopStrays }, { onSuccess: () => setOpen(false) });
  return (
    <>
      <Button disabledReason={node.answersSince ? null : t('silent')} onClick={() => setOpen(true)}>
        {t('verb')}
      </Button>
      <ConfirmDialog
        open={isOpen}
        onClose={() => setOpen(false)}
        title={t('title', { name: node.name })}
        verb={t('verb')}
        onConfirm={confirm}
        pending={setOnline.isPending}
        error={setOnline.error}
        danger={false}
      >
        <span className="grid gap-2">
          <span>{t('text')}</span>
          <CheckboxField
            label={t('stopStrays')}
            help={t('stopStraysHelp')}
            checked={stopStrays}
            onChange={(event) => setStopStrays(event.target.checked)}
          />
        </span>
      </ConfirmDialog>
    </>
  );
}
