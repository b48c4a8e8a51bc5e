'use client';
import { ArrowRightLeft, EllipsisVertical, Pencil, Trash2, TrendingUp } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { unfinishedJobsQuery } from '@/client/jobs';
import { SizeText } from '@/components/instances/SizeText';
import { MirrorBadge } from '@/components/instances/mirror/MirrorBadge';
import { Badge } from '@/components/ui/Badge';
import { Button } from '@/components/ui/Button';
import { Menu, MenuItem } from '@/components/ui/Menu';
import { ProgressBar } from '@/components/ui/ProgressBar';
import { StateBadge } from '@/components/ui/StateBadge';
import { whyNot } from '@/contract/instance-actions';
import type { Instance } from '@/contract/schemas/instance';
import type { InstanceDisk } from '@/contract/schemas/instance-parts';
import { EditDisk } from './EditDisk';
import { GrowDisk } from './GrowDisk';
import { MoveDisk } from './MoveDisk';
import { RemoveDisk } from './RemoveDisk';

type Props = { instance: Instance; disk: InstanceDisk };

export function DiskRow({ instance, disk }: Props) {
  const t = useTranslations('machine.disks');
  const overview = useTranslations('instances.overview');
  const templates = useTranslations('states.diskTemplate');
  const { index, sizeMiB, name, vg, mode, lifecycle, mirror } = disk;
  return (
    <li className="flex items-start gap-2 py-2">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2">
          <span className="text-faint">{overview('disk', { index })}</span>
          <SizeText sizeMiB={sizeMiB} />
          {name && <span className="truncate font-mono text-[13px]">{name}</span>}
          {mode === 'ro' && <Badge>{t('modeRo')}</Badge>}
        </p>
        <p className="flex flex-wrap items-center gap-x-2 text-sm text-soft">
          <span>{templates(instance.diskTemplate)}</span>
          {vg && <span>{t('in', { vg })}</span>}
          {lifecycle === 'ready' && mirror && <MirrorBadge mirror={mirror} />}
          {lifecycle !== 'ready' && <StateBadge tone="working" word={t(lifecycle)} />}
        </p>
        {lifecycle !== 'ready' && instance.job && <Progress jobId={instance.job.id} index={index} />}
      </div>
      <DiskMenu instance={instance} disk={disk} />
    </li>
  );
}

/** From the jobs that the frame follows anyway, so it costs no request. */
function Progress({ jobId, index }: { jobId: number; index: number }) {
  const t = useTranslations('machine.disks');
  const { data: progress = null } = useQuery({
    ...unfinishedJobsQuery(),
    select: ({ items }) => items.find(({ id }) => id === jobId)?.progress ?? null,
  });
  return (
    <div className="mt-1.5">
      <ProgressBar value={progress} label={t('progress', { index })} />
    </div>
  );
}

function DiskMenu({ instance, disk }: Props) {
  const t = useTranslations('machine.disks');
  const reasons = useTranslations('reasons');
  const [asked, setAsked] = useState<'edit' | 'grow' | 'move' | 'remove' | null>(null);
  const { status, job } = instance;
  const grow = whyNot('grow', status, job !== null);
  const modify = whyNot('modify', status, job !== null);
  const close = () => setAsked(null);
  return (
    <>
      <Menu
        trigger={
          <Button look="quiet" size="smallIcon" aria-label={t('actionsOf', { index: disk.index })}>
            <EllipsisVertical aria-hidden />
          </Button>
        }
      >
        <MenuItem
          icon={<TrendingUp />}
          disabledReason={grow && reasons(grow)}
          onSelect={() => setAsked('grow')}
        >
          {t('grow')}
        </MenuItem>
        <MenuItem
          icon={<Pencil />}
          disabledReason={modify && reasons(modify)}
          onSelect={() => setAsked('edit')}
        >
          {t('edit')}
        </MenuItem>
        <MenuItem
          icon={<ArrowRightLeft />}
          disabledReason={grow && reasons(grow)}
          onSelect={() => setAsked('move')}
        >
          {t('move')}
        </MenuItem>
        <MenuItem
          icon={<Trash2 />}
          danger
          disabledReason={modify && reasons(modify)}
          onSelect={() => setAsked('remove')}
        >
          {t('remove')}
        </MenuItem>
      </Menu>
      {asked === 'edit' && <EditDisk instance={instance} disk={disk} onClose={close} />}
      {asked === 'grow' && <GrowDisk instance={instance} disk={disk} onClose={close} />}
      {asked === 'move' && <MoveDisk instance={instance} disk={disk} onClose={close} />}
      {asked === 'remove' && <RemoveDisk instance={instance} disk={disk} onClose={close} />}
    </>
  );
}
