'use client';
// A question or a short task in the middle of the page. Never opened from another dialog.
import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { BaseButton } from './BaseButton';

type Props = {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  /** One or two sentences; read out with the title. */
  description?: ReactNode;
  children?: ReactNode;
  /** The buttons, the one that does it last. */
  footer?: ReactNode;
};

export function Dialog({ open, onClose, title, description, children, footer }: Props) {
  const t = useTranslations('ui');
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-appear bg-black/35 dark:bg-black/55" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          className="fixed inset-x-3 top-[12vh] z-40 mx-auto flex max-h-[80vh] max-w-md animate-appear flex-col rounded-lg border border-line-strong bg-raised outline-none"
        >
          <header className="pt-3.5 pr-12 pl-4">
            <div>
              <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
              {description && <Radix.Description className="mt-1 text-soft">{description}</Radix.Description>}
            </div>
          </header>
          <div className="min-h-0 overflow-y-auto px-4 py-3">{children}</div>
          {footer && (
            <footer className="flex justify-end gap-2 border-t border-line px-4 py-3">{footer}</footer>
          )}
          {/* Last, so that the focus starts at what the dialog is about. */}
          <Radix.Close asChild>
            <BaseButton
              look="quiet"
              size="smallIcon"
              aria-label={t('close')}
              className="absolute! top-3 right-2.5"
            >
              <X />
            </BaseButton>
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
