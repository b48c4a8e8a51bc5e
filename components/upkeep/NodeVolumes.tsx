'use client';
// What lies on the node for disks: whose it is, and what nobody has any more.
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useRemoveVolume, volumesQuery } from '@/client/node-upkeep';
import { Button } from '@/components/ui/Button';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { Section } from '@/components/ui/Section';
import { StateBadge } from '@/components/ui/StateBadge';
import { pages } from '@/contract/paths';
import { isKeptSide } from '@/contract/kept-side';
import type { Node } from '@/contract/schemas/node';
import type { VolumeView } from '@/contract/schemas/volume';
import { formatMiB } from '@/contract/units';
import { AdoptVolume } from './AdoptVolume';

const shownAtFirst = 12;

export function NodeVolumes({ node }: { node: Node }) {
  const t = useTranslations('upkeep.volumes');
  const { data } = useQuery(volumesQuery(node.id));
  const [showsAll, setShowsAll] = useState(false);
  const items = data?.items ?? [];
  const shown = showsAll ? items : items.slice(0, shownAtFirst);
  const orphans = items.filter(({ owner }) => owner === 'orphan').length;
  return (
    <Section
      title={t('title')}
      help={data?.seenAt && t.rich('seen', { at: () => <RelativeTime at={data.seenAt} /> })}
      actions={
        items.length > 0 && <span className="text-sm text-faint">{t('orphans', { count: orphans })}</span>
      }
    >
      {items.length === 0 && <p className="text-faint">{t(data?.seenAt ? 'empty' : 'never')}</p>}
      {items.length > 0 && (
        <div className="-m-4 overflow-x-auto">
          <table className="w-full">
            <thead className="text-left text-xs text-faint">
              <tr className="border-b border-line">
                <th className="px-4 py-1.5 font-normal">{t('name')}</th>
                <th className="px-2 py-1.5 text-right font-normal">{t('size')}</th>
                <th className="px-2 py-1.5 font-normal">{t('of')}</th>
                <th className="px-4 py-1.5" />
              </tr>
            </thead>
            <tbody className="divide-y divide-line">
              {shown.map((volume) => (
                <VolumeRow key={`${volume.pool} ${volume.name}`} node={node} volume={volume} />
              ))}
            </tbody>
          </table>
          {shown.length < items.length && (
            <div className="border-t border-line px-2 py-1">
              <Button look="quiet" size="small" onClick={() => setShowsAll(true)}>
                {t('showAll', { count: items.length })}
              </Button>
            </div>
          )}
        </div>
      )}
    </Section>
  );
}

function VolumeRow({ node, volume }: { node: Node; volume: VolumeView }) {
  return (
    <tr className="h-9">
      <td className="max-w-64 px-4">
        <span className="block truncate font-mono text-[12px]" title={`${volume.pool} ${volume.name}`}>
          {volume.name}
        </span>
        <span className="block truncate text-xs text-faint">{volume.pool}</span>
      </td>
      <td className="px-2 text-right whitespace-nowrap">{formatMiB(volume.sizeMiB)}</td>
      <td className="px-2">
        <OwnerOf volume={volume} />
      </td>
      <td className="px-4 text-right">
        {canGo(volume) && <RemoveVolume node={node} volume={volume} />}
        {canBeAdopted(volume) && <AdoptButton node={node} volume={volume} />}
      </td>
    </tr>
  );
}

const canGo = ({ owner, name }: VolumeView) =>
  owner === 'orphan' || (owner !== 'foreign' && isKeptSide(name));

const canBeAdopted = ({ owner, kind, inUse }: VolumeView) => owner === 'foreign' && kind === 'vg' && !inUse;

function OwnerOf({ volume: { owner, instance, inUse } }: { volume: VolumeView }) {
  const t = useTranslations('upkeep.volumes');
  if (owner === 'foreign') return <span className="text-faint">{t('foreign')}</span>;
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      {instance ? (
        <Link
          href={pages.instance(instance.id)}
          className="font-mono text-[13px] hover:text-accent hover:underline"
        >
          {instance.name}
        </Link>
      ) : (
        <StateBadge tone="attention" word={t('orphan')} />
      )}
      {owner === 'elsewhere' && <span className="text-sm text-attention">{t('elsewhere')}</span>}
      {inUse && <span className="text-sm text-faint">{t('inUse')}</span>}
    </span>
  );
}

function AdoptButton({ node, volume }: { node: Node; volume: VolumeView }) {
  const t = useTranslations('upkeep.volumes');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t('adopt')}
      </Button>
      {isOpen && <AdoptVolume node={node} volume={volume} onClose={() => setOpen(false)} />}
    </>
  );
}

function RemoveVolume({ node, volume }: { node: Node; volume: VolumeView }) {
  const t = useTranslations('upkeep.volumes');
  const remove = useRemoveVolume();
  const [isOpen, setOpen] = useState(false);
  const { kind, pool, name } = volume;
  const confirm = () =>
    remove.mutate({ id: node.id, kind, pool, name, confirmName: name }, { onSuccess: () => setOpen(false) });
  return (
    <>
      <Button
        size="small"
        look="danger"
        disabledReason={volume.inUse ? t('notInUse') : null}
        onClick={() => setOpen(true)}
      >
        {t('remove')}
      </Button>
      <ConfirmDialog
        open={isOpen}
        onClose={() => setOpen(false)}
        title={t('removeTitle', { name })}
        verb={t('remove')}
        typedName={name}
        onConfirm={confirm}
        pending={remove.isPending}
        error={remove.error}
      >
        {t('removeText', { pool })}
      </ConfirmDialog>
    </>
  );
}
