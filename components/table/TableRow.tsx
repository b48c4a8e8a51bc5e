'use client';
import { flexRender, type Row } from '@tanstack/react-table';
import { clsx } from 'clsx';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import type { KeyboardEvent, MouseEvent } from 'react';
import { Checkbox } from '@/components/ui/Checkbox';
import { cellStyle } from './cell-style';

type Props<T> = { row: Row<T>; href: string | undefined; selectable: boolean };

/** On phones a card of two lines: the columns of priority 1, then the others. */
export function TableRow<T>({ row, href, selectable }: Props<T>) {
  const t = useTranslations('table');
  const router = useRouter();
  const open = (event: MouseEvent<HTMLTableRowElement>) => {
    if (!href || isOnControl(event) || window.getSelection()?.type === 'Range') return;
    if (event.ctrlKey || event.metaKey) window.open(href, '_blank', 'noopener');
    else router.push(href);
  };
  const press = (event: KeyboardEvent<HTMLTableRowElement>) => {
    if (event.target !== event.currentTarget) return;
    if (event.key === 'Enter' && href) router.push(href);
    else if (event.key === ' ' && selectable) row.toggleSelected();
    else if (!walk(event)) return;
    event.preventDefault();
  };
  const isSelected = row.getIsSelected();
  return (
    <tr
      // One stop for the whole table; the arrows lead on from there.
      tabIndex={row.index === 0 ? 0 : -1}
      aria-selected={selectable ? isSelected : undefined}
      onClick={open}
      onKeyDown={press}
      className={clsx(
        'group/row h-9 -outline-offset-2 [&:last-child>td]:border-b-0 max-sm:flex max-sm:h-auto max-sm:flex-wrap max-sm:items-center max-sm:gap-x-3 max-sm:border-b max-sm:border-line max-sm:px-4 max-sm:py-2.5 max-sm:last:border-b-0 max-sm:before:order-1 max-sm:before:basis-full',
        href && 'cursor-pointer hover:bg-hover',
        isSelected && 'bg-accent-wash',
      )}
    >
      {selectable && (
        <td className="w-9 border-b border-line pl-4 max-sm:hidden">
          <Checkbox
            aria-label={t('selectRow')}
            tabIndex={-1}
            checked={isSelected}
            onChange={row.getToggleSelectedHandler()}
            className="align-middle"
          />
        </td>
      )}
      {row.getVisibleCells().map((cell) => {
        const { meta } = cell.column.columnDef;
        return (
          <td
            key={cell.id}
            className={clsx(
              'border-b border-line max-sm:border-b-0 max-sm:text-left',
              cellStyle(meta),
              cardStyle(cell.column.id, meta?.priority),
            )}
          >
            {flexRender(cell.column.columnDef.cell, cell.getContext())}
          </td>
        );
      })}
    </tr>
  );
}

/** Where a cell stands in a card: title line, its right end, or the second line. */
function cardStyle(columnId: string, priority = 2): string {
  if (columnId === 'actions') return 'max-sm:ml-auto';
  return priority === 1 ? 'max-sm:font-medium' : 'max-sm:order-2 max-sm:text-sm max-sm:text-soft';
}

function isOnControl({ target, currentTarget }: MouseEvent<HTMLElement>): boolean {
  // Menus and dialogs are rendered elsewhere, yet their events come through the row.
  if (!(target instanceof Node) || !currentTarget.contains(target)) return true;
  return target instanceof Element && target.closest('a, button, input, select, label') !== null;
}

function walk({ key, currentTarget }: KeyboardEvent<HTMLTableRowElement>): boolean {
  const { nextElementSibling: next, previousElementSibling: previous, parentElement } = currentTarget;
  const target = {
    ArrowDown: next,
    ArrowUp: previous,
    Home: parentElement?.firstElementChild,
    End: parentElement?.lastElementChild,
  }[key];
  if (!(target instanceof HTMLElement)) return key === 'ArrowDown' || key === 'ArrowUp';
  target.focus();
  return true;
}
