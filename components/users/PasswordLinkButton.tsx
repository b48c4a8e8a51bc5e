'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { asAppError } from '@/client/fetch-json';
import { useCreatePasswordLink } from '@/client/users';
import { Button } from '@/components/ui/Button';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { Sheet } from '@/components/ui/Sheet';
import type { User } from '@/contract/schemas/user';
import { OneTimeLink } from './OneTimeLink';

export function PasswordLinkButton({ user }: { user: User }) {
  const t = useTranslations('users.link');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button disabledReason={user.disabled ? t('isDisabled') : null} onClick={() => setOpen(true)}>
        {t('make')}
      </Button>
      <Sheet
        open={isOpen}
        onClose={() => setOpen(false)}
        title={t('title')}
        description={t('sheetText', { name: user.name })}
      >
        <MakeLink user={user} />
      </Sheet>
    </>
  );
}

/** Mounted only while the sheet is open: a link that was shown is gone when it closes. */
function MakeLink({ user }: { user: User }) {
  const t = useTranslations('users.link');
  const make = useCreatePasswordLink();
  if (make.data) return <OneTimeLink link={make.data} text={t('send', { name: user.name })} />;
  return (
    <div className="grid justify-items-start gap-4">
      {make.error && <ErrorPanel error={asAppError(make.error)} compact />}
      <Button look="primary" pending={make.isPending} onClick={() => make.mutate({ id: user.id })}>
        {t('make')}
      </Button>
    </div>
  );
}
