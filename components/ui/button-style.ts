import { cva, type VariantProps } from 'class-variance-authority';

/** How a button looks, also for links that act as one. One primary on a page; `danger` only in dialogs and danger zones. */
export const buttonStyle = cva(
  'relative inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap ' +
    'transition-colors duration-100 select-none aria-disabled:cursor-not-allowed [&_svg]:size-3.5 [&_svg]:shrink-0',
  {
    variants: {
      look: {
        primary:
          'border-transparent bg-accent text-on-accent hover:bg-accent-hover aria-disabled:bg-sunken aria-disabled:text-faint aria-disabled:border-line',
        plain:
          'border-line-strong bg-panel text-ink hover:bg-hover aria-disabled:border-line aria-disabled:bg-transparent aria-disabled:text-faint',
        quiet:
          'border-transparent bg-transparent text-soft hover:bg-hover hover:text-ink aria-disabled:text-faint aria-disabled:hover:bg-transparent',
        danger:
          'border-transparent bg-broken text-on-broken hover:bg-broken-hover aria-disabled:bg-sunken aria-disabled:text-faint aria-disabled:border-line',
      },
      size: {
        small: 'h-7 px-2 text-sm',
        normal: 'h-8 px-3 text-base',
        large: 'h-9 px-4 text-base',
        icon: 'size-8 [&_svg]:size-4',
        smallIcon: 'size-7 [&_svg]:size-4',
      },
    },
    defaultVariants: { look: 'plain', size: 'normal' },
  },
);

export type ButtonLook = VariantProps<typeof buttonStyle>;
