import { useTranslations } from 'next-intl';
import { type ReactNode, useId } from 'react';

type Props = { title: string; children: ReactNode; help?: ReactNode; actions?: ReactNode };

/** A titled part of a page in a box. */
export function Section({ title, help, actions, children }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-lg border border-line bg-panel">
      <header className="flex min-h-10 items-center gap-3 border-b border-line px-4 py-1.5">
        <div className="min-w-0 flex-1">
          <h2 id={id} className="font-semibold">
            {title}
          </h2>
          {help && <p className="text-sm text-faint">{help}</p>}
        </div>
        {actions}
      </header>
      <div className="p-4">{children}</div>
    </section>
  );
}

/** The last part of a page: what destroys something. */
export function DangerZone({ children }: { children: ReactNode }) {
  const t = useTranslations('ui');
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-lg border border-broken/40">
      <h2 id={id} className="border-b border-broken/40 px-4 py-2 font-semibold text-broken">
        {t('dangerZone')}
      </h2>
      <div className="divide-y divide-line px-4">{children}</div>
    </section>
  );
}

/** One destructive action: what it does on the left, its button on the right. */
export function DangerRow({
  title,
  children,
  action,
}: {
  title: string;
  children: ReactNode;
  action: ReactNode;
}) {
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-2 py-3">
      <div className="min-w-56 flex-1">
        <h3 className="font-medium">{title}</h3>
        <p className="text-sm text-soft">{children}</p>
      </div>
      {action}
    </div>
  );
}
