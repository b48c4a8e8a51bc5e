import { clsx } from 'clsx';
import type { ReactNode } from 'react';

export type RadioCard<V extends string> = {
  value: V;
  title: ReactNode;
  help?: ReactNode;
  /** Why it cannot be chosen; shown instead of the help. */
  disabledReason?: ReactNode;
};

type Props<V extends string> = {
  /** Groups the inputs; unique on the page. */
  name: string;
  label: string;
  value: V | null;
  onChange: (value: V) => void;
  cards: readonly RadioCard<V>[];
  /** Wide screens: how many beside each other. */
  columns?: 1 | 2 | 3;
};

const columnStyle = { 1: '', 2: 'sm:grid-cols-2', 3: 'sm:grid-cols-3' };

/** A choice of a few, each with a line that says what it means. */
export function RadioCards<V extends string>({ name, label, value, onChange, cards, columns = 1 }: Props<V>) {
  return (
    <div role="radiogroup" aria-label={label} className={clsx('grid gap-2', columnStyle[columns])}>
      {cards.map((card) => {
        const blocked = Boolean(card.disabledReason);
        return (
          <label
            key={card.value}
            className={clsx(
              'flex items-start gap-2.5 rounded-md border px-3 py-2 transition-colors duration-100 has-focus-visible:outline-2 has-focus-visible:outline-accent',
              value === card.value ? 'border-accent bg-accent-wash' : 'border-line-strong bg-panel',
              blocked ? 'text-faint' : 'hover:border-accent',
            )}
          >
            <input
              type="radio"
              name={name}
              value={card.value}
              checked={value === card.value}
              aria-disabled={blocked || undefined}
              onChange={() => !blocked && onChange(card.value)}
              className="mt-[3px] size-3.5 shrink-0 accent-accent outline-none"
            />
            <span className="min-w-0">
              <span className="font-medium">{card.title}</span>
              {(card.disabledReason ?? card.help) && (
                <span className="block text-sm text-soft">{card.disabledReason ?? card.help}</span>
              )}
            </span>
          </label>
        );
      })}
    </div>
  );
}
