import type { ReactNode } from 'react';

/** What would be here, and the one action that fills it. */
export function EmptyState({
  title,
  children,
  action,
  as: Title = 'p',
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** `h1` where it is the whole page. */
  as?: 'p' | 'h1';
}) {
  return (
    <div className="flex flex-col items-center gap-1 px-6 py-14 text-center">
      <Title className="text-lg font-medium">{title}</Title>
      {children && <div className="max-w-md text-soft">{children}</div>}
      {action && <div className="mt-3">{action}</div>}
    </div>
  );
}
