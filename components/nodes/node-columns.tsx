'use client';
import type { ColumnDef } from '@tanstack/react-table';
import { useTranslations } from 'next-intl';
import { NodeBadge } from '@/components/state/NodeBadge';
import { ColumnTitle } from '@/components/table/ColumnTitle';
import { RowLink } from '@/components/table/RowLink';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { pages } from '@/contract/paths';
import type { Node } from '@/contract/schemas/node';
import { ToMend } from './NodeChecks';
import { NodeUse } from './NodeUse';

export const nodeColumns: ColumnDef<Node>[] = [
  {
    id: 'name',
    header: () => <ColumnTitle text="nodes.columns.name" />,
    cell: ({ row: { original: node } }) => <RowLink href={pages.node(node.id)} name={node.name} />,
    meta: { priority: 1 },
  },
  {
    id: 'state',
    header: () => <ColumnTitle text="nodes.columns.state" />,
    cell: ({ row: { original: node } }) => (
      <span className="inline-flex flex-wrap gap-x-2">
        <NodeBadge node={node} />
        <ToMend node={node} />
      </span>
    ),
    meta: { priority: 1, width: '9rem' },
  },
  {
    id: 'cluster',
    header: () => <ColumnTitle text="nodes.columns.cluster" />,
    cell: ({ row: { original: node } }) => <ClusterOf node={node} />,
    meta: { priority: 3 },
  },
  {
    id: 'accelerator',
    header: () => <ColumnTitle text="nodes.columns.accelerator" />,
    cell: ({ row: { original: node } }) => <AcceleratorWord node={node} />,
    meta: { priority: 3 },
  },
  {
    id: 'memory',
    header: () => <ColumnTitle text="nodes.columns.memory" />,
    cell: ({ row: { original: node } }) => <NodeUse node={node} what="memory" bare />,
    meta: { priority: 2, width: '12rem' },
  },
  {
    id: 'disk',
    header: () => <ColumnTitle text="nodes.columns.disk" />,
    cell: ({ row: { original: node } }) => <NodeUse node={node} what="disk" bare />,
    meta: { priority: 3, width: '12rem' },
  },
  {
    id: 'vcpus',
    header: () => <ColumnTitle text="nodes.columns.vcpus" />,
    cell: ({ row: { original: node } }) => <VcpusOf node={node} />,
    meta: { priority: 3, align: 'right' },
  },
  {
    id: 'instances',
    header: () => <ColumnTitle text="nodes.columns.instances" />,
    cell: ({ row: { original: node } }) => <RunningOf node={node} />,
    meta: { priority: 2, align: 'right' },
  },
  {
    id: 'seen',
    header: () => <ColumnTitle text="nodes.columns.seen" />,
    cell: ({ row: { original: node } }) => <RelativeTime at={node.seenAt} className="text-soft" />,
    meta: { priority: 3, width: '8rem' },
  },
];

function AcceleratorWord({ node }: { node: Node }) {
  const t = useTranslations('nodes.accelerators');
  const accelerator = node.facts?.accelerator;
  return accelerator ? <span title={accelerator.reason}>{t(accelerator.used)}</span> : null;
}

function ClusterOf({ node: { cluster, group } }: { node: Node }) {
  return (
    <span className="text-soft">
      {cluster.name}
      {group && <span className="block text-xs text-faint">{group.name}</span>}
    </span>
  );
}

function VcpusOf({ node }: { node: Node }) {
  const t = useTranslations('nodes');
  return t('vcpusOf', { allocated: node.vcpusAllocated, threads: node.facts?.cpu.threads ?? 0 });
}

export function RunningOf({ node }: { node: Node }) {
  const t = useTranslations('nodes');
  return t('runningOf', { running: node.running, total: node.instances });
}
