'use client';
// The columns of the list of instances. Customers see neither owners, who are always themselves, nor nodes.
import type { ColumnDef } from '@tanstack/react-table';
import { InstanceMenu } from '@/components/instances/actions/InstanceMenu';
import { OsName } from '@/components/instances/OsName';
import { SizeText } from '@/components/instances/SizeText';
import { ColumnTitle } from '@/components/table/ColumnTitle';
import { RowLink } from '@/components/table/RowLink';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { pages } from '@/contract/paths';
import type { Instance } from '@/contract/schemas/instance';
import { NicNames } from './NicNames';
import { StatusCell } from './StatusCell';

type Column = ColumnDef<Instance>;

const status: Column = {
  id: 'status',
  header: () => <ColumnTitle text="instances.columns.status" />,
  meta: { priority: 1, sort: 'status', width: '14rem' },
  cell: ({ row }) => <StatusCell instance={row.original} />,
};
const name: Column = {
  id: 'name',
  header: () => <ColumnTitle text="instances.columns.name" />,
  meta: { priority: 1, sort: 'name' },
  cell: ({ row: { original } }) => <RowLink href={pages.instance(original.id)} name={original.name} />,
};
const owner: Column = {
  id: 'owner',
  header: () => <ColumnTitle text="instances.columns.owner" />,
  meta: { sort: 'owner' },
  cell: ({ row }) => row.original.owner?.name ?? <span className="text-faint">–</span>,
};
const os: Column = {
  id: 'os',
  header: () => <ColumnTitle text="instances.columns.os" />,
  meta: { priority: 3 },
  cell: ({ row }) => <OsName os={row.original.os} />,
};
const node: Column = {
  id: 'node',
  header: () => <ColumnTitle text="instances.columns.node" />,
  meta: { sort: 'node' },
  cell: ({ row }) => <span className="font-mono text-[13px]">{row.original.node?.name ?? '–'}</span>,
};
const vcpus: Column = {
  id: 'vcpus',
  header: () => <ColumnTitle text="instances.columns.vcpus" />,
  meta: { align: 'right', sort: 'vcpus', width: '5rem', priority: 3 },
  cell: ({ row }) => row.original.vcpus,
};
const memory: Column = {
  id: 'memory',
  header: () => <ColumnTitle text="instances.columns.memory" />,
  meta: { align: 'right', sort: 'memoryMiB', width: '6.5rem' },
  cell: ({ row }) => <SizeText sizeMiB={row.original.memoryMiB} />,
};
const disk: Column = {
  id: 'disk',
  header: () => <ColumnTitle text="instances.columns.disk" />,
  meta: { align: 'right', width: '6.5rem', priority: 3 },
  cell: ({ row }) => <SizeText sizeMiB={row.original.disks.reduce((sum, { sizeMiB }) => sum + sizeMiB, 0)} />,
};
const nics: Column = {
  id: 'nics',
  header: () => <ColumnTitle text="instances.columns.nics" />,
  meta: { priority: 3 },
  cell: ({ row }) => <NicNames nics={row.original.nics} />,
};
const createdAt: Column = {
  id: 'createdAt',
  header: () => <ColumnTitle text="instances.columns.createdAt" />,
  meta: { sort: 'createdAt', width: '7.5rem' },
  cell: ({ row }) => <RelativeTime at={row.original.createdAt} className="text-soft" />,
};
const rowGroups = ['look', 'power', 'move', 'end'] as const;

const actions: Column = {
  id: 'actions',
  header: () => (
    <span className="sr-only">
      <ColumnTitle text="instances.columns.actions" />
    </span>
  ),
  meta: { priority: 1, align: 'right', width: '3.5rem' },
  cell: ({ row }) => <InstanceMenu instance={row.original} groups={rowGroups} look="row" />,
};

export const operatorColumns = [status, name, owner, node, os, vcpus, memory, disk, nics, createdAt, actions];
export const customerColumns = [status, name, os, vcpus, memory, disk, nics, createdAt, actions];
