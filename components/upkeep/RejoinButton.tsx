'use client';
// For a machine that was installed anew: a join command with which it comes back as this node.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useCreateJoinToken } from '@/client/nodes';
import { Button } from '@/components/ui/Button';
import { CopyText } from '@/components/ui/CopyText';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { Sheet } from '@/components/ui/Sheet';
import type { Node } from '@/contract/schemas/node';

export function RejoinButton({ node }: { node: Node }) {
  const t = useTranslations('upkeep.rejoin');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('verb')}</Button>
      <Sheet
        open={isOpen}
        onClose={() => setOpen(false)}
        title={t('title', { name: node.name })}
        description={t('text')}
      >
        <RejoinCommand node={node} />
      </Sheet>
    </>
  );
}

/** Mounted only while the sheet is open: a token that was shown is gone when it closes. */
function RejoinCommand({ node }: { node: Node }) {
  const t = useTranslations('upkeep.rejoin');
  const make = useCreateJoinToken();
  if (!make.data)
    return (
      <div className="grid gap-3">
        {make.error && <ErrorPanel error={make.error} compact />}
        <div>
          <Button
            look="primary"
            pending={make.isPending}
            onClick={() => make.mutate({ clusterId: node.cluster.id, nodeId: node.id })}
          >
            {t('make')}
          </Button>
        </div>
      </div>
    );
  const { command, expiresAt } = make.data;
  return (
    <div className="grid gap-2">
      <p>{t('runThis', { name: node.name })}</p>
      <CopyText text={command} look="block" />
      <p className="text-sm text-faint">
        {t.rich('expires', { at: () => <RelativeTime at={expiresAt} /> })} {t('then')}
      </p>
    </div>
  );
}
