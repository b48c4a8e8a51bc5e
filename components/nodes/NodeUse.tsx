'use client';
import { useTranslations } from 'next-intl';
import { CapacityBar } from '@/components/ui/CapacityBar';
import type { Node } from '@/contract/schemas/node';
import { formatMiB } from '@/contract/units';

/** Memory or disk of a node: measured and promised, of what it has. `bare`: for table cells, figures below the bar. */
export function NodeUse({
  node,
  what,
  bare = false,
}: {
  node: Node;
  what: 'memory' | 'disk';
  bare?: boolean;
}) {
  const t = useTranslations('nodes');
  const use = node[what];
  if (!use) return <span className="text-faint">{t('unknown')}</span>;
  const figures = t('sizeOf', { value: formatMiB(use.usedMiB), total: formatMiB(use.totalMiB) });
  const bar = (
    <CapacityBar
      label={t(`columns.${what}`)}
      total={use.totalMiB}
      allocated={use.allocatedMiB}
      used={use.usedMiB}
      figures={figures}
      bare={bare}
      detail={bare ? undefined : t('memoryDetail', { allocated: formatMiB(use.allocatedMiB) })}
    />
  );
  if (!bare) return bar;
  return (
    <div className="grid gap-1 py-1" title={t('memoryDetail', { allocated: formatMiB(use.allocatedMiB) })}>
      {bar}
      <span className="text-xs text-soft">{figures}</span>
    </div>
  );
}
