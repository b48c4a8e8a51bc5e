'use client';
import { useTranslations } from 'next-intl';
import { useState, type SubmitEvent } from 'react';
import { asAppError } from '@/client/fetch-json';
import { useSetSeed } from '@/client/instance-seed';
import { useUnsavedGuard } from '@/components/form/use-unsaved-guard';
import { Button } from '@/components/ui/Button';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { Sheet } from '@/components/ui/Sheet';
import type { Instance } from '@/contract/schemas/instance';
import type { Seed } from '@/contract/schemas/seed';
import { SeedFields } from './SeedFields';
import { seedOf, textsOf, wrongWith } from './seed-texts';

type Props = { instance: Instance; seed: Seed | null; onClose: () => void };

export function SeedSheet({ instance: { id, name }, seed, onClose }: Props) {
  const t = useTranslations('instances.seed');
  const [texts, setTexts] = useState(textsOf(seed));
  const [isTried, setTried] = useState(false);
  const save = useSetSeed();
  const errors = isTried ? wrongWith(texts) : {};
  const isDirty = JSON.stringify(texts) !== JSON.stringify(textsOf(seed));
  const guard = useUnsavedGuard(isDirty && !save.isSuccess);
  const close = () => guard(onClose);
  const set = (next: Seed | null) => save.mutate({ id, seed: next }, { onSuccess: onClose });
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    const { sshKeys, userData } = wrongWith(texts);
    if (sshKeys === undefined && userData === undefined && !save.isPending) set(seedOf(texts));
  };
  return (
    <Sheet open onClose={close} title={t('sheetTitle', { name })} description={t('sheetText')}>
      <form noValidate onSubmit={submit} className="grid gap-4">
        <SeedFields texts={texts} errors={errors} onChange={setTexts} />
        {save.error && <ErrorPanel error={asAppError(save.error)} compact />}
        <div className="mt-1 flex gap-2 border-t border-line pt-4">
          <Button type="submit" look="primary" pending={save.isPending}>
            {t('save')}
          </Button>
          {seed && <Button onClick={() => set(null)}>{t('remove')}</Button>}
          <Button look="quiet" onClick={close}>
            {t('cancel')}
          </Button>
        </div>
      </form>
    </Sheet>
  );
}
