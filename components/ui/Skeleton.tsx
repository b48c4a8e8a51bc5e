import { clsx } from 'clsx';

/** Holds the place of what is being loaded; appears after 150 ms, so that fast answers do not flicker. Give it the size of the real thing. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={clsx('block h-3.5 animate-late rounded-sm bg-hover', className)} />;
}
