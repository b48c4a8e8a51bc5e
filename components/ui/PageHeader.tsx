import type { ReactNode } from 'react';

type Props = {
  title: ReactNode;
  /** Beside the title: the state, a role. */
  badge?: ReactNode;
  /** Below the title: owner, node, age of the data. Parts are separated by dots. */
  meta?: readonly ReactNode[];
  /** The one primary action, last; others before it. */
  actions?: ReactNode;
  mono?: boolean;
};

/** The title line of a page. */
export function PageHeader({ title, badge, meta = [], actions, mono = false }: Props) {
  return (
    <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1">
        <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
          <h1
            className={`truncate text-xl font-semibold tracking-tight ${mono ? 'font-mono tracking-tighter' : ''}`}
          >
            {title}
          </h1>
          {badge}
        </div>
        {meta.length > 0 && (
          <p className="flex flex-wrap text-soft">
            {meta.map((part, index) => (
              <span
                key={index}
                className="after:mx-1.5 after:text-faint after:content-['·'] last:after:content-none"
              >
                {part}
              </span>
            ))}
          </p>
        )}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
