'use client';
// What mends a finding: a button for the job that does, or the command to run. What takes something away asks first.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { type MendOperation, useMend } from '@/client/verify';
import { Button } from '@/components/ui/Button';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import { CopyText } from '@/components/ui/CopyText';
import type { Mend } from '@/contract/schemas/verify';

type Props = { mend: Mend | null; name: string };

export function MendFinding({ mend, name }: Props) {
  const t = useTranslations('verify');
  if (!mend) return null;
  if (mend.kind === 'operation') return <MendButton mend={mend} name={name} />;
  return (
    <div className="grid w-full gap-1">
      <span className="text-sm text-faint">{t('command', { node: mend.node })}</span>
      <CopyText look="block" text={mend.text} />
    </div>
  );
}

const harmless: MendOperation['operation'][] = ['instance.start', 'instance.activateDisks'];

function MendButton({ mend, name }: { mend: MendOperation; name: string }) {
  const t = useTranslations('verify.mend');
  const ask = useMend();
  const [isOpen, setOpen] = useState(false);
  const isHarmless = harmless.includes(mend.operation);
  const verb = t(`${mend.operation}.verb`);
  const order = () => ask.mutate(mend, { onSuccess: () => setOpen(false) });
  const about = 'volume' in mend.params ? mend.params.volume.name : name;
  return (
    <>
      <Button
        size="small"
        pending={ask.isPending}
        disabledReason={ask.isSuccess ? t('asked') : null}
        onClick={isHarmless && !ask.isError ? order : () => setOpen(true)}
      >
        {verb}
      </Button>
      <ConfirmDialog
        open={isOpen || (isHarmless && ask.isError)}
        onClose={() => {
          setOpen(false);
          ask.reset();
        }}
        title={t(`${mend.operation}.title`, { name: about })}
        verb={verb}
        onConfirm={order}
        pending={ask.isPending}
        error={ask.error}
      >
        {t(`${mend.operation}.text`)}
      </ConfirmDialog>
    </>
  );
}
