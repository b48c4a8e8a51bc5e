'use client';
import { useTranslations } from 'next-intl';
import { Fragment } from 'react';
import { Kbd } from '@/components/ui/Kbd';
import { wayOutKeys } from './way-out';

/** How to leave a console that takes every key; also its description for screen readers. */
export function WayOutHint({ id }: { id: string }) {
  const t = useTranslations('console');
  return (
    <p id={id} className="min-w-0 flex-1 text-xs text-faint max-sm:hidden">
      {t.rich('wayOut', {
        keys: () =>
          wayOutKeys.map((key, index) => (
            <Fragment key={key}>
              {index > 0 && ' + '}
              <Kbd>{key}</Kbd>
            </Fragment>
          )),
      })}
    </p>
  );
}
