'use client';
// Leaving with unsaved input asks first: links of this console, closing the tab, reload. Answers a guard for closing a sheet.
import { useTranslations } from 'next-intl';
import { useEffect } from 'react';

export function useUnsavedGuard(isDirty: boolean): (leave: () => void) => void {
  const t = useTranslations('form');
  const question = t('discard');
  useEffect(() => {
    if (!isDirty) return;
    const onBeforeUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
      const staysHere =
        event.ctrlKey || event.metaKey || event.shiftKey || link?.getAttribute('target') === '_blank';
      if (!link || staysHere || window.confirm(question)) return;
      event.preventDefault();
      event.stopPropagation();
    };
    window.addEventListener('beforeunload', onBeforeUnload);
    document.addEventListener('click', onClick, { capture: true });
    return () => {
      window.removeEventListener('beforeunload', onBeforeUnload);
      document.removeEventListener('click', onClick, { capture: true });
    };
  }, [isDirty, question]);
  return (leave) => {
    if (!isDirty || window.confirm(question)) leave();
  };
}
