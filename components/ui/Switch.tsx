'use client';
import { Switch as Radix } from 'radix-ui';
import type { ComponentProps } from 'react';

/** For what takes effect at once; inside a form with a submit button use a checkbox. */
export function Switch(props: Omit<ComponentProps<typeof Radix.Root>, 'className'>) {
  return (
    <Radix.Root
      {...props}
      className="inline-flex h-[18px] w-8 shrink-0 items-center rounded-full border border-line-strong bg-sunken px-px transition-colors duration-100 data-[state=checked]:border-accent data-[state=checked]:bg-accent disabled:opacity-50"
    >
      <Radix.Thumb className="size-3.5 rounded-full bg-faint transition-transform duration-100 data-[state=checked]:translate-x-3.5 data-[state=checked]:bg-on-accent" />
    </Radix.Root>
  );
}
