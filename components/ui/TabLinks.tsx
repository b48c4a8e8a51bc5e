'use client';
// Tabs of a resource: each is a page with its own address, so Back and bookmarks work.
import { clsx } from 'clsx';
import Link from 'next/link';
import { usePathname } from 'next/navigation';

export type Tab = { href: string; label: string; count?: number };

export function TabLinks({ tabs, label }: { tabs: readonly Tab[]; label: string }) {
  const path = usePathname();
  return (
    <nav aria-label={label} className="flex overflow-x-auto border-b border-line [scrollbar-width:none]">
      {tabs.map(({ href, label: word, count }) => {
        const isHere = path === href;
        return (
          <Link
            key={href}
            href={href}
            aria-current={isHere ? 'page' : undefined}
            className={clsx(
              '-mb-px flex h-9 shrink-0 items-center gap-1.5 border-b-2 px-3 -outline-offset-2',
              isHere ? 'border-accent font-medium text-ink' : 'border-transparent text-soft hover:text-ink',
            )}
          >
            {word}
            {count !== undefined && <span className="text-xs text-faint">{count}</span>}
          </Link>
        );
      })}
    </nav>
  );
}
