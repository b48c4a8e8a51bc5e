// What surrounds every page of the console: rail, top bar, bottom bar on phones.
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { BottomBar } from './BottomBar';
import { Rail } from './Rail';
import { TopBar } from './TopBar';

export function Frame({ isFolded, children }: { isFolded: boolean; children: ReactNode }) {
  const t = useTranslations('frame');
  return (
    <div className="flex min-h-screen">
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-md border border-line-strong bg-raised px-3 py-1.5 focus:translate-y-0"
      >
        {t('skip')}
      </a>
      <Rail startsFolded={isFolded} />
      <div className="flex min-w-0 flex-1 flex-col">
        <TopBar />
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto grid w-full max-w-[1600px] min-w-0 flex-1 content-start gap-4 px-6 pt-5 pb-12 outline-none max-sm:px-4 max-sm:pb-24"
        >
          {children}
        </main>
      </div>
      <BottomBar />
    </div>
  );
}
