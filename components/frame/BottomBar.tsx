'use client';
// The rail of phones: the first four places, and a menu with the others.
import { clsx } from 'clsx';
import { Ellipsis } from 'lucide-react';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { useViewer } from '@/client/session';
import { Menu, MenuItem } from '@/components/ui/Menu';
import { destinations, isWithin } from './destinations';

const shown = 4;
/** Seldom needed on a phone. */
const behindMore = ['clusters'];

export function BottomBar() {
  const t = useTranslations('frame');
  const path = usePathname();
  const router = useRouter();
  const all = destinations[useViewer().role];
  const first = all.filter(({ name }) => !behindMore.includes(name)).slice(0, shown);
  const others = all.filter((destination) => !first.includes(destination));
  const style = (isHere: boolean) =>
    clsx(
      'flex h-14 flex-1 flex-col items-center justify-center gap-0.5 text-xs [&_svg]:size-5',
      isHere ? 'font-medium text-ink [&_svg]:text-accent' : 'text-soft',
    );
  return (
    <nav
      aria-label={t('main')}
      className="fixed inset-x-0 bottom-0 z-20 flex border-t border-line bg-panel pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      {first.map(({ name, href, Icon }) => (
        <Link
          key={name}
          href={href}
          aria-current={isWithin(path, href) ? 'page' : undefined}
          className={style(isWithin(path, href))}
        >
          <Icon aria-hidden />
          {t(`rail.${name}`)}
        </Link>
      ))}
      {others.length > 0 && (
        <Menu
          side="top"
          trigger={
            <button type="button" className={style(others.some(({ href }) => isWithin(path, href)))}>
              <Ellipsis aria-hidden />
              {t('more')}
            </button>
          }
        >
          {others.map(({ name, href, Icon }) => (
            <MenuItem key={name} icon={<Icon />} onSelect={() => router.push(href)}>
              {t(`rail.${name}`)}
            </MenuItem>
          ))}
        </Menu>
      )}
    </nav>
  );
}
