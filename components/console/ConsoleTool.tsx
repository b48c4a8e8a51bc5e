'use client';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/Button';

type Props = {
  label: string;
  icon: ReactNode;
  onClick: () => void;
  disabledReason?: string | null;
  /** For tools that stay on. */
  isPressed?: boolean;
};

/** One tool of a console: an icon whose name shows on hover and focus. */
export function ConsoleTool({ label, icon, onClick, disabledReason, isPressed }: Props) {
  return (
    <Button
      look="quiet"
      size="smallIcon"
      aria-label={label}
      aria-pressed={isPressed}
      tooltip={label}
      disabledReason={disabledReason}
      onClick={onClick}
      className={isPressed ? 'bg-accent-wash text-accent' : undefined}
    >
      {icon}
    </Button>
  );
}
