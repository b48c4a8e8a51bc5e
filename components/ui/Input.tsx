import { clsx } from 'clsx';
import type { ComponentProps } from 'react';

/** Shared by everything that looks like a field. */
export const fieldStyle =
  'h-8 w-full min-w-0 rounded-md border border-line-strong bg-panel px-2.5 text-base text-ink transition-colors duration-100 ' +
  'hover:border-faint focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 ' +
  'aria-invalid:border-broken disabled:border-line disabled:bg-sunken disabled:text-faint max-sm:h-9 max-sm:text-[16px]';

/** `mono`: for names that get typed or copied. */
export function Input({ mono = false, className, ...rest }: ComponentProps<'input'> & { mono?: boolean }) {
  return <input {...rest} className={clsx(fieldStyle, mono && 'font-mono text-[13px]', className)} />;
}
