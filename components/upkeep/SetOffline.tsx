'use client';
// The two ways in which a node becomes offline: the cluster's fence command powers it off, or an operator says that it is off.
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { useSetNodeOffline } from '@/client/node-upkeep';
import { Button } from '@/components/ui/Button';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import type { FencedHow } from '@/contract/schemas/fencing';
import type { Node } from '@/contract/schemas/node';

export function FenceButton({ node, hook }: { node: Node; hook: string }) {
  const t = useTranslations('upkeep.fence');
  const text =
    node.state === 'online'
      ? t('textOnline', { name: node.name, hook })
      : t('text', { name: node.name, hook });
  return (
    <OfflineButton node={node} how="hook" verb={t('verb')} title={t('title', { name: node.name })}>
      {text}
    </OfflineButton>
  );
}

export function DeclareOff({ node }: { node: Node }) {
  const t = useTranslations('upkeep.declare');
  const reason = node.state === 'online' ? t('answers') : null;
  return (
    <OfflineButton
      node={node}
      how="declared"
      verb={t('verb')}
      title={t('title', { name: node.name })}
      disabledReason={reason}
    >
      <span className="grid gap-2">
        <span>{t('text', { name: node.name })}</span>
        <span>{t('recorded')}</span>
      </span>
    </OfflineButton>
  );
}

type Props = {
  node: Node;
  how: FencedHow;
  verb: string;
  title: string;
  disabledReason?: ReactNode;
  children: ReactNode;
};

/** The jobs list of the page shows how it goes. */
function OfflineButton({ node, how, verb, title, disabledReason, children }: Props) {
  const setOffline = useSetNodeOffline();
  const [isOpen, setOpen] = useState(false);
  const confirm = () =>
    setOffline.mutate({ id: node.id, how, confirmName: node.name }, { onSuccess: () => setOpen(false) });
  return (
    <>
      <Button look="danger" disabledReason={disabledReason} onClick={() => setOpen(true)}>
        {verb}
      </Button>
      <ConfirmDialog
        open={isOpen}
        onClose={() => setOpen(false)}
        title={title}
        verb={verb}
        typedName={node.name}
        onConfirm={confirm}
        pending={setOffline.isPending}
        error={setOffline.error}
      >
        {children}
      </ConfirmDialog>
    </>
  );
}
