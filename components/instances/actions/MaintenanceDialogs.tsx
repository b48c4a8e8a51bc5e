'use client';
// What keeps an instance or its disks out of use for a while, and what brings them back: each asks with what follows from it.
import { useTranslations } from 'next-intl';
import { asAppError } from '@/client/fetch-json';
import { useActivateDisks, useDeactivateDisks, useSetOffline, useSetOnline } from '@/client/instance-moves';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import type { Instance } from '@/contract/schemas/instance';

type Props = { instance: Instance; onClose: () => void };
type Asked = Pick<ReturnType<typeof useSetOffline>, 'isPending' | 'error'> & {
  mutate: (on: { id: string }, then: { onSuccess: () => void }) => void;
};

export function ActivateDisksDialog(props: Props) {
  return <Ask {...props} what="activateDisks" asked={useActivateDisks({ shownInline: true })} />;
}

export function DeactivateDisksDialog(props: Props) {
  return <Ask {...props} what="deactivateDisks" asked={useDeactivateDisks()} />;
}

export function SetOfflineDialog(props: Props) {
  return <Ask {...props} what="setOffline" asked={useSetOffline()} />;
}

export function SetOnlineDialog(props: Props) {
  return <Ask {...props} what="setOnline" asked={useSetOnline()} />;
}

type What = 'activateDisks' | 'deactivateDisks' | 'setOffline' | 'setOnline';

function Ask({ instance: { id, name }, onClose, what, asked }: Props & { what: What; asked: Asked }) {
  const t = useTranslations('moves.maintenance');
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t(`${what}.title`, { name })}
      verb={t(`${what}.submit`)}
      danger={false}
      pending={asked.isPending}
      error={asked.error && asAppError(asked.error)}
      onConfirm={() => asked.mutate({ id }, { onSuccess: onClose })}
    >
      <p>{t(`${what}.text`)}</p>
    </ConfirmDialog>
  );
}
