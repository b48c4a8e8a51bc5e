'use client';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Badge } from '@/components/ui/Badge';
import { FactList } from '@/components/ui/KeyValue';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { StateBadge } from '@/components/ui/StateBadge';
import type { Tone } from '@/components/ui/tone';
import { pages } from '@/contract/paths';
import type { DrbdDiskState } from '@/contract/schemas/disk';
import type { Instance } from '@/contract/schemas/instance';
import type { MirrorSideView } from '@/contract/schemas/instance-parts';
import { formatMiB } from '@/contract/units';

const dataTone: Record<DrbdDiskState, Tone> = {
  diskless: 'broken',
  attaching: 'working',
  detaching: 'attention',
  failed: 'broken',
  negotiating: 'working',
  inconsistent: 'attention',
  outdated: 'attention',
  unknown: 'unknown',
  consistent: 'attention',
  upToDate: 'running',
};

type Props = { side: MirrorSideView; instance: Instance };

/** What one node last told of its side. */
export function MirrorSide({
  side: { node, nodeState, isPrimaryNode, status, since, seenAt },
  instance,
}: Props) {
  const t = useTranslations('mirrors');
  const nodes = useTranslations('states.node');
  const runs = instance.operState === 'running' || instance.operState === 'paused';
  const isHere = isPrimaryNode && nodeState === 'online';
  return (
    <section
      aria-label={t('side.label', { node: node.name })}
      className="rounded-md border border-line bg-sunken p-3"
    >
      <header className="mb-2 flex flex-wrap items-center gap-x-2">
        <Link
          href={pages.node(node.id)}
          className="font-mono text-[13px] font-medium hover:text-accent hover:underline"
        >
          {node.name}
        </Link>
        {nodeState !== 'online' && <StateBadge tone="broken" word={nodes(nodeState)} />}
        {isPrimaryNode && <Badge>{t(isHere && runs ? 'side.runs' : 'side.belongs')}</Badge>}
      </header>
      {status ? (
        <FactList
          className="text-sm"
          facts={[
            {
              label: t('side.data'),
              value: (
                <StateBadge tone={dataTone[status.diskState]} word={t(`diskStates.${status.diskState}`)} />
              ),
            },
            { label: t('side.role'), value: t(`roles.${status.role}`) },
            { label: t('side.connection'), value: t(`connections.${status.connection}`) },
            { label: t('side.outOfSync'), value: <OutOfSync outOfSyncKiB={status.outOfSyncKiB} /> },
            { label: t('side.since'), value: <RelativeTime at={since} /> },
            { label: t('side.seen'), value: <RelativeTime at={seenAt} /> },
          ]}
        />
      ) : (
        <p className="text-sm text-faint">{t('side.never')}</p>
      )}
      {status && nodeState !== 'online' && <p className="mt-2 text-sm text-attention">{t('side.stale')}</p>}
    </section>
  );
}

function OutOfSync({ outOfSyncKiB }: { outOfSyncKiB: number }) {
  const size = outOfSyncKiB < 1024 ? `${outOfSyncKiB} KiB` : formatMiB(outOfSyncKiB / 1024);
  return <span title={`${outOfSyncKiB} KiB`}>{size}</span>;
}
