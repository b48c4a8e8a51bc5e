'use client';
// Where one is, and the way up; also the title of the browser's tab. Lists are named by the frame, single resources by their page (Crumb).
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useCrumbLabels } from './crumbs';

const lists = ['instances', 'nodes', 'clusters', 'images', 'jobs', 'activity', 'users', 'account'] as const;
const parts = ['create', 'mirror', 'screen', 'serial', 'jobs', 'activity'] as const;

export function Breadcrumbs() {
  const t = useTranslations('frame');
  const labels = useCrumbLabels();
  const segments = usePathname().split('/').filter(Boolean);
  const list = lists.find((name) => name === segments[0]);
  const crumbs = segments.map((segment, index) => {
    const href = `/${segments.slice(0, index + 1).join('/')}`;
    if (index === 0) return { href, label: list ? t(`rail.${list}`) : segment };
    const part = parts.find((name) => name === segment);
    if (part) return { href, label: t(`crumbs.${part}`) };
    return { href, label: labels[href] ?? (/^\d+$/.test(segment) ? `#${segment}` : t('crumbs.loading')) };
  });
  if (crumbs.length === 0) crumbs.push({ href: '/', label: t('rail.overview') });
  // Of many tabs one looks for the name; that web1 is an instance goes without saying.
  const named = crumbs.length > 1 && segments[1] !== 'create' ? crumbs.slice(1) : crumbs;
  return (
    <nav aria-label={t('breadcrumbs')} className="min-w-0">
      <title>{[...named.map(({ label }) => label), 'Corral'].join(' · ')}</title>
      <ol className="flex min-w-0 items-center text-soft">
        {crumbs.map(({ href, label }, index) => {
          const isLast = index === crumbs.length - 1;
          return (
            <li
              key={href}
              className={`flex min-w-0 items-center ${isLast ? '' : 'after:mx-2 after:text-line-strong after:content-["/"]'} ${index < crumbs.length - 2 ? 'max-sm:hidden' : ''}`}
            >
              <Link
                href={href}
                aria-current={isLast ? 'page' : undefined}
                className={`truncate rounded-sm ${isLast ? 'font-medium text-ink' : 'hover:text-ink hover:underline'}`}
              >
                {label}
              </Link>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
