'use client';
// One page of a list, sorted, searched and paged by the server. Arrows walk the rows, Enter opens, Space selects.
import {
  type ColumnDef,
  getCoreRowModel,
  type OnChangeFn,
  type RowSelectionState,
  useReactTable,
} from '@tanstack/react-table';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { ErrorPanel, type ShownError } from '@/components/ui/ErrorPanel';
import { useListedShortcuts } from '@/components/ui/shortcuts';
import type { Page } from '@/contract/schemas/common';
import './column-meta';
import { Pagination } from './Pagination';
import { SkeletonRows } from './SkeletonRows';
import { TableHead } from './TableHead';
import { TableRow } from './TableRow';
import type { List } from './use-list-query';

type PagedQuery = { page: number; pageSize: number };

export type DataTableProps<T, Q extends PagedQuery> = {
  /** What is listed, for screen readers: "Instances". */
  label: string;
  /** At module scope, so that they are made once. */
  columns: ColumnDef<T>[];
  /** Undefined while it is loading for the first time. */
  page: Page<T> | undefined;
  error: ShownError | null;
  list: List<Q>;
  rowId: (row: T) => string;
  /** Where Enter and a click lead. */
  rowHref?: (row: T) => string;
  /** Shown instead of rows: nothing exists, or nothing matches. */
  empty: ReactNode;
  /** The next page is on its way; the rows shown are the previous ones. */
  isStale?: boolean;
  selection?: { selected: RowSelectionState; onChange: OnChangeFn<RowSelectionState> };
};

const noRows: never[] = [];

export function DataTable<T, Q extends PagedQuery>(props: DataTableProps<T, Q>) {
  const { label, columns, page, error, list, rowId, rowHref, empty, isStale = false, selection } = props;
  const t = useTranslations('table');
  const table = useReactTable<T>({
    columns,
    data: page?.items ?? noRows,
    getRowId: rowId,
    getCoreRowModel: getCoreRowModel(),
    manualPagination: true,
    manualSorting: true,
    enableRowSelection: selection !== undefined,
    onRowSelectionChange: selection?.onChange,
    state: { rowSelection: selection?.selected ?? {} },
  });
  useListedShortcuts([
    { keys: '↑ ↓', label: t('keys.walk') },
    { keys: '↵', label: t('keys.open') },
    ...(selection ? [{ keys: 'Space', label: t('keys.select') }] : []),
  ]);
  if (error && !page) return <ErrorPanel error={error} />;
  const rows = table.getRowModel().rows;
  if (page && rows.length === 0) return <div className="rounded-lg border border-line bg-panel">{empty}</div>;
  return (
    <div className="grid gap-2">
      <div className="overflow-clip rounded-lg max-xl:overflow-x-auto max-sm:overflow-clip border border-line bg-panel">
        <table
          aria-label={label}
          aria-busy={isStale || !page}
          className={`w-full border-separate border-spacing-0 transition-opacity duration-100 max-sm:block ${isStale ? 'opacity-60' : ''}`}
        >
          <TableHead table={table} list={list} selectable={selection !== undefined} />
          <tbody className="max-sm:block">
            {page ? (
              rows.map((row) => (
                <TableRow
                  key={row.id}
                  row={row}
                  href={rowHref?.(row.original)}
                  selectable={selection !== undefined}
                />
              ))
            ) : (
              <SkeletonRows columns={table.getVisibleLeafColumns()} selectable={selection !== undefined} />
            )}
          </tbody>
        </table>
      </div>
      {page && <Pagination page={page} onPage={(next) => list.set({ page: next })} />}
    </div>
  );
}
