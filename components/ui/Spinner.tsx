import { clsx } from 'clsx';

export function Spinner({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 12 12"
      aria-hidden
      className={clsx('size-3.5 motion-safe:animate-turn', className)}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
    >
      <circle cx="6" cy="6" r="4.75" opacity="0.25" />
      <path d="M6 1.25A4.75 4.75 0 0 1 10.75 6" strokeLinecap="round" />
    </svg>
  );
}
