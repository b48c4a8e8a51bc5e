import type { Column } from '@tanstack/react-table';
import { Skeleton } from '@/components/ui/Skeleton';
import { cellStyle } from './cell-style';

const rows = Array.from({ length: 8 }, (_, index) => index);
const widths = ['w-3/5', 'w-2/5', 'w-1/2'];

/** Rows of the same height as the real ones, so that nothing shifts when they arrive. */
export function SkeletonRows<T>({ columns, selectable }: { columns: Column<T>[]; selectable: boolean }) {
  return rows.map((row) => (
    <tr key={row} className="h-9 max-sm:flex max-sm:flex-wrap max-sm:gap-2 max-sm:border-b max-sm:p-4">
      {selectable && <td className="w-9 border-b border-line max-sm:hidden" />}
      {columns.map((column, index) => (
        <td key={column.id} className={`border-b border-line ${cellStyle(column.columnDef.meta)}`}>
          <Skeleton className={`min-w-8 ${widths[(row + index) % widths.length]}`} />
        </td>
      ))}
    </tr>
  ));
}
