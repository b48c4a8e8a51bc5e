import { clsx } from 'clsx';
import type { ComponentProps } from 'react';

/** `indeterminate`: some of what it stands for is chosen. */
export function Checkbox({
  className,
  indeterminate = false,
  ref,
  ...rest
}: Omit<ComponentProps<'input'>, 'type'> & { indeterminate?: boolean }) {
  return (
    <input
      {...rest}
      type="checkbox"
      ref={(box) => {
        if (box) box.indeterminate = indeterminate;
        if (typeof ref === 'function') return ref(box);
        if (ref) ref.current = box;
      }}
      className={clsx('size-3.5 shrink-0 accent-accent', className)}
    />
  );
}

/** A box with its words. */
export function CheckboxField({
  label,
  help,
  ...rest
}: Omit<ComponentProps<'input'>, 'type'> & { label: string; help?: string }) {
  return (
    <label className="flex items-start gap-2 py-0.5">
      <Checkbox {...rest} className="mt-[3px]" />
      <span>
        {label}
        {help && <span className="block text-sm text-faint">{help}</span>}
      </span>
    </label>
  );
}
