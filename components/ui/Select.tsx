import { clsx } from 'clsx';
import { ChevronDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { fieldStyle } from './Input';

export type Option = { value: string; label: string; disabled?: boolean };

/** The system's own list: works with every keyboard, screen reader and phone. */
export function Select({
  options,
  className,
  wide = true,
  ...rest
}: Omit<ComponentProps<'select'>, 'children'> & { options: readonly Option[]; wide?: boolean }) {
  return (
    <span className={clsx('relative inline-block', wide && 'w-full')}>
      <select {...rest} className={clsx(fieldStyle, 'appearance-none truncate pr-7', className)}>
        {options.map(({ value, label, disabled }) => (
          <option key={value} value={value} disabled={disabled}>
            {label}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2 size-3.5 -translate-y-1/2 text-faint"
      />
    </span>
  );
}
