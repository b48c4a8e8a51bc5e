import type { ReactNode } from 'react';

/** A short fact beside a name: a role, a mode. Grey, because colour means state. */
export function Badge({ children }: { children: ReactNode }) {
  return (
    <span className="inline-flex items-center rounded-sm border border-line bg-sunken px-1.5 text-xs whitespace-nowrap text-soft">
      {children}
    </span>
  );
}
