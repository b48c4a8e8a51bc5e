import type { ColumnMeta } from '@tanstack/react-table';
import { clsx } from 'clsx';

/** Classes that a header, a cell and a skeleton of the same column share. */
export function cellStyle<T>(meta: ColumnMeta<T, unknown> | undefined): string {
  const priority = meta?.priority ?? 2;
  return clsx(
    'whitespace-nowrap sm:px-2.5 sm:first:pl-4 sm:last:pr-4',
    meta?.align === 'right' ? 'text-right' : 'text-left',
    priority === 3 && 'hidden xl:table-cell',
  );
}
