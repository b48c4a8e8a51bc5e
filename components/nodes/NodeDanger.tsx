'use client';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useRemoveNode, useUpdateNode } from '@/client/nodes';
import { Button } from '@/components/ui/Button';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import { DangerRow, DangerZone } from '@/components/ui/Section';
import { TakeOut } from '@/components/upkeep/TakeOut';
import { pages } from '@/contract/paths';
import type { Node } from '@/contract/schemas/node';

export function NodeDanger({ node }: { node: Node }) {
  const t = useTranslations('nodes');
  const update = useUpdateNode();
  const toggle = () => update.mutate({ id: node.id, drained: !node.drained });
  return (
    <DangerZone>
      <DangerRow
        title={t('drain')}
        action={
          <Button pending={update.isPending} onClick={toggle}>
            {t(node.drained ? 'undrain' : 'drain')}
          </Button>
        }
      >
        {t('drainHelp')}
      </DangerRow>
      <TakeOut node={node} />
      <DangerRow title={t('removeVerb')} action={<RemoveNode node={node} />}>
        {t('removeText')}
      </DangerRow>
    </DangerZone>
  );
}

function RemoveNode({ node }: { node: Node }) {
  const t = useTranslations('nodes');
  const router = useRouter();
  const remove = useRemoveNode();
  const [isOpen, setOpen] = useState(false);
  const reason = node.instances > 0 ? t('removeHasInstances', { count: node.instances }) : null;
  const confirm = () =>
    remove.mutate({ id: node.id }, { onSuccess: ({ jobId }) => router.push(pages.job(jobId)) });
  return (
    <>
      <Button look="danger" disabledReason={reason} onClick={() => setOpen(true)}>
        {t('removeVerb')}
      </Button>
      <ConfirmDialog
        open={isOpen}
        onClose={() => setOpen(false)}
        title={t('removeTitle', { name: node.name })}
        verb={t('removeVerb')}
        typedName={node.name}
        onConfirm={confirm}
        pending={remove.isPending}
        error={remove.error}
      >
        {t('removeText')}
      </ConfirmDialog>
    </>
  );
}
