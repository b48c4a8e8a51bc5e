import type { ReactNode } from 'react';

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-flex h-[18px] min-w-[18px] items-center justify-center rounded-sm border border-line-strong bg-panel px-1 font-sans text-[11px] leading-none text-faint">
      {children}
    </kbd>
  );
}
