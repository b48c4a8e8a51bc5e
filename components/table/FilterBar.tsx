'use client';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/Button';
import { SearchField } from './SearchField';
import type { List } from './use-list-query';

type Props<Q> = {
  list: List<Q>;
  /** What is searched: "Search instances". */
  searchLabel?: string;
  /** FilterSelects. */
  children?: ReactNode;
  /** At the right end: actions on the selected rows. */
  actions?: ReactNode;
};

/** Above a table: search, filters, and a way back to everything. */
export function FilterBar<Q extends object>({ list, searchLabel, children, actions }: Props<Q>) {
  const t = useTranslations('table');
  return (
    <div className="flex flex-wrap items-center gap-2">
      {searchLabel && (
        <SearchField
          label={searchLabel}
          value={String(Reflect.get(list.query, 'search') ?? '')}
          onSearch={(search) => list.set({ search })}
        />
      )}
      {children}
      {list.isFiltered && (
        <Button look="quiet" size="small" onClick={list.clear}>
          {t('clear')}
        </Button>
      )}
      {actions && <div className="ml-auto flex items-center gap-2">{actions}</div>}
    </div>
  );
}
