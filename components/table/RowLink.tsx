import Link from 'next/link';

/** The name in a row: a real link, so that it can be opened elsewhere and is read out as one. */
export function RowLink({ href, name, mono = true }: { href: string; name: string; mono?: boolean }) {
  return (
    <Link
      href={href}
      tabIndex={-1}
      prefetch={false}
      title={name}
      className={`block max-w-72 truncate font-medium text-ink hover:text-accent hover:underline ${mono ? 'font-mono text-[13px]' : ''}`}
    >
      {name}
    </Link>
  );
}
