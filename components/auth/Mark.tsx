import { clsx } from 'clsx';

/** The product's sign and name: the fence of a corral. */
export function Mark({ className, bare = false }: { className?: string; bare?: boolean }) {
  return (
    <span className={clsx('flex items-center gap-2.5', className)}>
      <svg viewBox="0 0 32 32" aria-hidden className="size-5 shrink-0 text-accent" fill="none">
        <g stroke="currentColor" strokeWidth="3" strokeLinecap="round">
          <path d="M5 7v20M27 7v20M12.5 7v20M19.5 7v20" />
          <path d="M2.5 13h27M2.5 21h27" />
        </g>
      </svg>
      {!bare && <span className="text-lg font-semibold tracking-tight">Corral</span>}
    </span>
  );
}
