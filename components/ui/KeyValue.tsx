import { clsx } from 'clsx';
import type { ReactNode } from 'react';

export type Fact = { label: string; value: ReactNode };

/** The facts that matter, in one strip below a page's title. */
export function FactStrip({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="flex flex-wrap gap-y-3 rounded-lg border border-line bg-panel py-2.5">
      {facts.map(({ label, value }) => (
        <div
          key={label}
          className="min-w-0 border-l border-line px-4 first:border-l-0 max-sm:w-1/2 max-sm:border-l-0"
        >
          <dt className="text-xs text-faint">{label}</dt>
          <dd className="truncate">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Facts below each other: label left, value right of it. */
export function FactList({ facts, className }: { facts: readonly Fact[]; className?: string }) {
  return (
    <dl className={clsx('grid grid-cols-[minmax(7rem,auto)_1fr] gap-x-4', className)}>
      {facts.map(({ label, value }) => (
        <div
          key={label}
          className="col-span-2 grid grid-cols-subgrid border-t border-line py-1.5 first:border-t-0 first:pt-0 last:pb-0"
        >
          <dt className="text-faint">{label}</dt>
          <dd className="min-w-0 wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
