'use client';
import { flexRender, type Header, type Table } from '@tanstack/react-table';
import { clsx } from 'clsx';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Checkbox } from '@/components/ui/Checkbox';
import { cellStyle } from './cell-style';
import type { List } from './use-list-query';

type Order = { sort: unknown; order: unknown };

/** Stays at the top while the rows scroll; on phones rows are cards and need none. */
export function TableHead<T, Q extends object>({
  table,
  list,
  selectable,
}: {
  table: Table<T>;
  list: List<Q>;
  selectable: boolean;
}) {
  const t = useTranslations('table');
  const current: Order = { sort: Reflect.get(list.query, 'sort'), order: Reflect.get(list.query, 'order') };
  const cell =
    'sticky top-12 z-10 h-8 border-b border-line bg-panel text-xs font-medium whitespace-nowrap text-faint';
  return (
    <thead className="max-sm:hidden">
      {table.getHeaderGroups().map((group) => (
        <tr key={group.id}>
          {selectable && (
            <th className={`${cell} w-9 pl-4 text-left`}>
              <Checkbox
                aria-label={t('selectAll')}
                checked={table.getIsAllRowsSelected()}
                indeterminate={table.getIsSomeRowsSelected()}
                onChange={table.getToggleAllRowsSelectedHandler()}
                className="align-middle"
              />
            </th>
          )}
          {group.headers.map((header) => (
            <th
              key={header.id}
              scope="col"
              aria-sort={ariaSort(header, current)}
              style={{ width: header.column.columnDef.meta?.width }}
              className={clsx(cell, cellStyle(header.column.columnDef.meta))}
            >
              <HeaderLabel header={header} current={current} onSort={list.set} />
            </th>
          ))}
        </tr>
      ))}
    </thead>
  );
}

type LabelProps<T> = {
  header: Header<T, unknown>;
  current: Order;
  onSort: (patch: { sort: string; order: 'asc' | 'desc' }) => void;
};

function HeaderLabel<T>({ header, current, onSort }: LabelProps<T>) {
  const label = flexRender(header.column.columnDef.header, header.getContext());
  const sort = header.column.columnDef.meta?.sort;
  if (!sort) return label;
  const isCurrent = current.sort === sort;
  const isDescending = isCurrent && current.order === 'desc';
  const Arrow = isDescending ? ArrowDown : ArrowUp;
  return (
    <button
      type="button"
      onClick={() => onSort({ sort, order: isCurrent && !isDescending ? 'desc' : 'asc' })}
      className={clsx(
        'group inline-flex items-center gap-1 rounded-sm align-middle hover:text-ink',
        isCurrent && 'text-ink',
        header.column.columnDef.meta?.align === 'right' && 'flex-row-reverse',
      )}
    >
      {label}
      <Arrow
        aria-hidden
        className={clsx(
          'size-3',
          !isCurrent && 'opacity-0 group-hover:opacity-60 group-focus-visible:opacity-60',
        )}
      />
    </button>
  );
}

function ariaSort<T>(header: Header<T, unknown>, current: Order): 'ascending' | 'descending' | undefined {
  const sort = header.column.columnDef.meta?.sort;
  if (!sort || current.sort !== sort) return undefined;
  return current.order === 'desc' ? 'descending' : 'ascending';
}
