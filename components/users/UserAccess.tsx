'use client';
// Last on a user's page: what lets someone in, or out.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { asAppError } from '@/client/fetch-json';
import { useViewer } from '@/client/session';
import { useUpdateUser } from '@/client/users';
import { Button } from '@/components/ui/Button';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import { DangerRow, DangerZone, Section } from '@/components/ui/Section';
import type { User } from '@/contract/schemas/user';
import { PasswordLinkButton } from './PasswordLinkButton';

export function UserAccess({ user }: { user: User }) {
  const t = useTranslations('users');
  return (
    <>
      <Section title={t('access')}>
        <div className="-my-3 divide-y divide-line">
          <DangerRow title={t('link.title')} action={<PasswordLinkButton user={user} />}>
            {t('link.help')}
          </DangerRow>
          {user.disabled && (
            <DangerRow title={t('enable')} action={<ToggleUser user={user} to="enable" />}>
              {t('enableHelp')}
            </DangerRow>
          )}
        </div>
      </Section>
      {!user.disabled && (
        <DangerZone>
          <DangerRow title={t('disable')} action={<ToggleUser user={user} to="disable" />}>
            {t('disableHelp')}
          </DangerRow>
        </DangerZone>
      )}
    </>
  );
}

function ToggleUser({ user, to }: { user: User; to: 'disable' | 'enable' }) {
  const t = useTranslations('users');
  const viewer = useViewer();
  const update = useUpdateUser();
  const [isOpen, setOpen] = useState(false);
  const isDisabling = to === 'disable';
  const close = () => setOpen(false);
  const confirm = () => update.mutate({ id: user.id, disabled: isDisabling }, { onSuccess: close });
  return (
    <>
      <Button
        look={isDisabling ? 'danger' : 'plain'}
        disabledReason={viewer.id === user.id ? t('ownAccount') : null}
        onClick={() => setOpen(true)}
      >
        {t(to)}
      </Button>
      <ConfirmDialog
        open={isOpen}
        onClose={close}
        title={t(`${to}Title`, { name: user.name })}
        verb={t(to)}
        danger={isDisabling}
        onConfirm={confirm}
        pending={update.isPending}
        error={update.error && asAppError(update.error)}
      >
        {t(`${to}Text`, { name: user.name })}
      </ConfirmDialog>
    </>
  );
}
