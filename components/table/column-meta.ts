// What our tables know of a column beyond TanStack's own.
import type { RowData } from '@tanstack/react-table';

declare module '@tanstack/react-table' {
  // Module augmentation works with interfaces only, and with the same type parameters.
  // eslint-disable-next-line @typescript-eslint/consistent-type-definitions, @typescript-eslint/no-unused-vars
  interface ColumnMeta<TData extends RowData, TValue> {
    /** Right for numbers, with the unit in the header where it is constant. */
    align?: 'right';
    /**
     * Where the column may be left out: 1 always shown (on phones the card's title line), 2 from tablets on and on phones in the card's second
     * line, 3 on wide screens only.
     */
    priority?: 1 | 2 | 3;
    /** CSS width; without one the column takes its share. */
    width?: string;
    /** The `sort` parameter; without one the column cannot be sorted by. */
    sort?: string;
  }
}
