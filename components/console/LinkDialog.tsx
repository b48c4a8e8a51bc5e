'use client';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';

/** Asks before a link that an instance wrote is opened, showing where it really leads. */
export function LinkDialog({ url, onClose }: { url: string | null; onClose: () => void }) {
  const t = useTranslations('console.link');
  const open = () => {
    if (url) window.open(url, '_blank', 'noopener,noreferrer');
    onClose();
  };
  return (
    <Dialog
      open={url !== null}
      onClose={onClose}
      title={t('title')}
      description={t('description')}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" onClick={open}>
            {t('open')}
          </Button>
        </>
      }
    >
      <code className="block rounded-md border bg-sunken px-2.5 py-2 font-mono text-sm break-all">{url}</code>
    </Dialog>
  );
}
