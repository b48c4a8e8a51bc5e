'use client';
import { useTranslations } from 'next-intl';
import type { ReactNode, RefObject } from 'react';
import type { ConsoleState } from './console-connection';
import { ConsoleStateWord } from './ConsoleStateWord';

type Props = { state: ConsoleState; toolsRef: RefObject<HTMLDivElement | null>; children: ReactNode };

/** The line above a console: whether it is connected, and its tools. */
export function ConsoleBar({ state, toolsRef, children }: Props) {
  const t = useTranslations('console');
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-b px-3 py-1.5">
      <ConsoleStateWord state={state} />
      <div
        ref={toolsRef}
        role="toolbar"
        aria-label={t('tools')}
        className="flex sm:ml-auto flex-wrap items-center gap-1"
      >
        {children}
      </div>
    </div>
  );
}
