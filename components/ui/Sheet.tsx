'use client';
// A panel that comes from the right over the page, for creating, editing and following something beside what one was looking at.
import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { BaseButton } from './BaseButton';

type Props = {
  open: boolean;
  /** Asked to close: Esc, the cross or a click beside it. A form asks about unsaved input here. */
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
};

export function Sheet({ open, onClose, title, description, children, footer }: Props) {
  const t = useTranslations('ui');
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-30 animate-appear bg-black/25 dark:bg-black/45" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          className="fixed inset-y-0 right-0 z-30 flex w-full max-w-lg animate-from-right flex-col border-l border-line-strong bg-panel outline-none"
        >
          <header className="flex h-12 shrink-0 items-center border-b border-line pr-12 pl-4">
            <Radix.Title className="min-w-0 flex-1 truncate text-lg font-semibold">{title}</Radix.Title>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto p-4">
            {description && <Radix.Description className="mb-3 text-soft">{description}</Radix.Description>}
            {children}
          </div>
          {footer && (
            <footer className="flex justify-end gap-2 border-t border-line px-4 py-3">{footer}</footer>
          )}
          {/* Last, so that the focus starts at what the sheet is about. */}
          <Radix.Close asChild>
            <BaseButton
              look="quiet"
              size="smallIcon"
              aria-label={t('close')}
              className="absolute! top-2.5 right-2.5"
            >
              <X />
            </BaseButton>
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
