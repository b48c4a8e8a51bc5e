'use client';
// The way to every list. Folds to icons; a cookie remembers it, so that the server draws it right at once.
import { clsx } from 'clsx';
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useState } from 'react';
import { useViewer } from '@/client/session';
import { Mark } from '@/components/auth/Mark';
import { Tooltip } from '@/components/ui/Tooltip';
import { pages } from '@/contract/paths';
import { destinations, isWithin } from './destinations';
import { railCookie } from './rail-cookie';

export function Rail({ startsFolded }: { startsFolded: boolean }) {
  const t = useTranslations('frame');
  const path = usePathname();
  const viewer = useViewer();
  const [isFolded, setFolded] = useState(startsFolded);
  const toggle = () => {
    setFolded(!isFolded);
    document.cookie = `${railCookie}=${isFolded ? '' : 'folded'}; path=/; max-age=31536000; samesite=lax`;
  };
  const FoldIcon = isFolded ? PanelLeftOpen : PanelLeftClose;
  const foldLabel = t(isFolded ? 'unfold' : 'fold');
  const item =
    'flex h-8 items-center gap-2.5 rounded-md px-2 text-soft hover:bg-hover hover:text-ink [&_svg]:size-4 [&_svg]:shrink-0';
  return (
    <nav
      aria-label={t('main')}
      className={clsx(
        'sticky top-0 flex h-screen shrink-0 flex-col border-r border-line bg-panel px-2 max-sm:hidden',
        isFolded ? 'w-[53px]' : 'w-52',
      )}
    >
      <Link href={pages.overview()} className="flex h-12 items-center rounded-md px-2" aria-label="Corral">
        <Mark bare={isFolded} />
      </Link>
      <ul className="mt-1 grid gap-0.5">
        {destinations[viewer.role].map(({ name, href, Icon }) => {
          const isHere = isWithin(path, href);
          return (
            <li key={name}>
              <Tooltip text={isFolded ? t(`rail.${name}`) : null} side="right">
                <Link
                  href={href}
                  aria-current={isHere ? 'page' : undefined}
                  aria-label={isFolded ? t(`rail.${name}`) : undefined}
                  className={clsx(item, isHere && 'bg-accent-wash font-medium text-ink! [&_svg]:text-accent')}
                >
                  <Icon aria-hidden />
                  {!isFolded && t(`rail.${name}`)}
                </Link>
              </Tooltip>
            </li>
          );
        })}
      </ul>
      <Tooltip text={isFolded ? foldLabel : null} side="right">
        <button
          type="button"
          onClick={toggle}
          aria-label={foldLabel}
          aria-expanded={!isFolded}
          className={clsx(item, 'mt-auto mb-2 w-full text-faint')}
        >
          <FoldIcon aria-hidden />
          {!isFolded && <span className="text-sm">{foldLabel}</span>}
        </button>
      </Tooltip>
    </nav>
  );
}
