'use client';
// Adds an image from a URL or from this computer; an upload goes on in the same sheet.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { AddImageForm } from './AddImageForm';
import { type Uploading, UploadSheet } from './UploadSheet';

type Shown = { kind: 'nothing' } | { kind: 'form' } | { kind: 'upload'; uploading: Uploading };

export function AddImage() {
  const t = useTranslations('images');
  const [shown, setShown] = useState<Shown>({ kind: 'nothing' });
  const close = () => setShown({ kind: 'nothing' });
  return (
    <>
      <Button look="primary" onClick={() => setShown({ kind: 'form' })}>
        {t('add')}
      </Button>
      {shown.kind === 'form' && (
        <AddImageForm
          onClose={close}
          onAdded={(uploading) => (uploading ? setShown({ kind: 'upload', uploading }) : close())}
        />
      )}
      {shown.kind === 'upload' && <UploadSheet uploading={shown.uploading} onClose={close} />}
    </>
  );
}
