'use client';
// The node groups of a cluster: made, renamed, removed when empty, each with disk parameters of its own.
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useRemoveNodeGroup } from '@/client/node-groups';
import { Button } from '@/components/ui/Button';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import { Section } from '@/components/ui/Section';
import { pages } from '@/contract/paths';
import type { Cluster } from '@/contract/schemas/cluster';
import type { NodeGroup } from '@/contract/schemas/node-group';
import { GroupDiskParams } from './DiskParamsButton';
import { CreateGroup, RenameGroup } from './GroupName';

export function NodeGroups({ cluster }: { cluster: Cluster }) {
  const t = useTranslations('upkeep.groups');
  return (
    <Section title={t('title')} help={t('help')} actions={<CreateGroup cluster={cluster} />}>
      {cluster.groups.length === 0 && <p className="text-faint">{t('empty')}</p>}
      <ul className="-my-2 divide-y divide-line">
        {cluster.groups.map((group) => (
          <li key={group.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2">
            <GroupText group={group} />
            <span className="flex flex-wrap gap-2">
              <GroupDiskParams cluster={cluster} group={group} />
              <RenameGroup group={group} />
              <RemoveGroup group={group} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function GroupText({ group: { name, nodes } }: { group: NodeGroup }) {
  const t = useTranslations('upkeep.groups');
  return (
    <div className="min-w-40 flex-1">
      <span className="font-mono text-[13px] font-medium">{name}</span>
      <p className="flex flex-wrap gap-x-2 text-sm text-faint">
        {nodes.length === 0 && t('nodes', { count: 0 })}
        {nodes.map((node) => (
          <Link
            key={node.id}
            href={pages.node(node.id)}
            className="font-mono text-[12px] hover:text-accent hover:underline"
          >
            {node.name}
          </Link>
        ))}
      </p>
    </div>
  );
}

function RemoveGroup({ group: { id, name, nodes } }: { group: NodeGroup }) {
  const t = useTranslations('upkeep.groups');
  const remove = useRemoveNodeGroup();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        size="small"
        disabledReason={nodes.length > 0 ? t('notEmpty') : null}
        onClick={() => setOpen(true)}
      >
        {t('remove')}
      </Button>
      <ConfirmDialog
        open={isOpen}
        onClose={() => setOpen(false)}
        title={t('removeTitle', { name })}
        verb={t('remove')}
        onConfirm={() => remove.mutate({ id }, { onSuccess: () => setOpen(false) })}
        pending={remove.isPending}
        error={remove.error}
      >
        {t('removeText')}
      </ConfirmDialog>
    </>
  );
}
