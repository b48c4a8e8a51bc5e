'use client';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/Button';
import type { Page } from '@/contract/schemas/common';

/** How many rows there are; with more than one page, where one is. */
export function Pagination({ page, onPage }: { page: Page<unknown>; onPage: (page: number) => void }) {
  const t = useTranslations('table');
  const last = Math.max(1, Math.ceil(page.total / page.pageSize));
  const first = (page.page - 1) * page.pageSize + 1;
  return (
    <nav
      aria-label={t('pages')}
      className="flex min-h-7 items-center justify-end gap-3 px-1 text-sm text-faint"
    >
      <span aria-live="polite">
        {last === 1
          ? t('rows', { count: page.total })
          : t('range', { first, last: first + page.items.length - 1, total: page.total })}
      </span>
      {last > 1 && (
        <span className="flex gap-1">
          <Button
            look="quiet"
            size="smallIcon"
            aria-label={t('previous')}
            disabledReason={page.page <= 1 ? t('isFirst') : null}
            onClick={() => onPage(page.page - 1)}
          >
            <ChevronLeft />
          </Button>
          <Button
            look="quiet"
            size="smallIcon"
            aria-label={t('next')}
            disabledReason={page.page >= last ? t('isLast') : null}
            onClick={() => onPage(page.page + 1)}
          >
            <ChevronRight />
          </Button>
        </span>
      )}
    </nav>
  );
}
