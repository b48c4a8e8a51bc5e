'use client';
import { useTheme } from 'next-themes';
import { Toaster } from 'sonner';

/** Only for what no page shows by itself: the failure of something started in passing. */
export function Toasts() {
  const { resolvedTheme } = useTheme();
  return (
    <Toaster
      theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
      position="bottom-right"
      closeButton
      duration={8_000}
      toastOptions={{
        classNames: {
          toast:
            'rounded-lg! border! border-line-strong! bg-raised! text-ink! shadow-none! font-sans! text-base! gap-2.5! max-sm:mb-14!',
          error: '[&_[data-icon]]:text-broken!',
          closeButton: 'border-line-strong! bg-raised! text-soft!',
        },
      }}
    />
  );
}
