'use client';
// An upload under way. Closing it stops the upload.
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { asAppError } from '@/client/fetch-json';
import { uploadImage } from '@/client/images';
import { Button } from '@/components/ui/Button';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { ProgressBar } from '@/components/ui/ProgressBar';
import { Sheet } from '@/components/ui/Sheet';
import type { AppError } from '@/contract/errors';
import type { Image } from '@/contract/schemas/image';
import { formatMiB } from '@/contract/units';

export type Uploading = { image: Image; file: File };

const bytesPerMiB = 1024 * 1024;
const say = (bytes: number) => formatMiB(bytes / bytesPerMiB);

export function UploadSheet({ uploading, onClose }: { uploading: Uploading; onClose: () => void }) {
  const t = useTranslations('images.uploading');
  const { image, file } = uploading;
  const { done, error } = useUpload(uploading, onClose);
  return (
    <Sheet
      open
      onClose={onClose}
      title={t('title', { name: image.name })}
      footer={<Button onClick={onClose}>{t(error ? 'close' : 'stop')}</Button>}
    >
      <div className="grid gap-3">
        <ProgressBar value={done} label={t('label')} />
        <p className="text-soft tabular-nums">
          {t('text', { done: say(done * file.size), total: say(file.size) })}
        </p>
        {error ? <ErrorPanel error={error} compact /> : <p className="text-faint">{t('keepOpen')}</p>}
      </div>
    </Sheet>
  );
}

function useUpload({ image: { id }, file }: Uploading, onDone: () => void) {
  const [done, setDone] = useState(0);
  const [error, setError] = useState<AppError | null>(null);
  // The upload belongs to the sheet: it begins and ends with it.
  useEffect(() => {
    const stop = new AbortController();
    uploadImage({ id, file, signal: stop.signal, onProgress: setDone }).then(
      () => !stop.signal.aborted && onDone(),
      (thrown: unknown) => !stop.signal.aborted && setError(asAppError(thrown)),
    );
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => {
      stop.abort();
      window.removeEventListener('beforeunload', warn);
    };
    // Begun once for an image and its file.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [id, file]);
  return { done, error };
}
