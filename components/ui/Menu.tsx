'use client';
// A menu of actions behind a button. Items say why they are disabled, and stay reachable so that this can be read.
import { clsx } from 'clsx';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';

type MenuProps = {
  trigger: ReactNode;
  children: ReactNode;
  side?: 'top' | 'right' | 'bottom';
};

export function Menu({ trigger, children, side = 'bottom' }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className="z-40 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 animate-appear overflow-y-auto rounded-lg border border-line-strong bg-raised p-1"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

type ItemProps = {
  onSelect: () => void;
  children: ReactNode;
  icon?: ReactNode;
  danger?: boolean;
  /** Why it cannot be chosen; shown below the label. */
  disabledReason?: ReactNode;
  /** Shown at the right end: a key, a mark. */
  hint?: ReactNode;
};

export function MenuItem({ onSelect, children, icon, danger = false, disabledReason, hint }: ItemProps) {
  const blocked = Boolean(disabledReason);
  return (
    <DropdownMenu.Item
      aria-disabled={blocked || undefined}
      onSelect={(event) => (blocked ? event.preventDefault() : onSelect())}
      className={clsx(
        'flex min-h-8 cursor-default items-center gap-2 rounded-md px-2 py-1 outline-none data-highlighted:bg-hover [&_svg]:size-3.5 [&_svg]:shrink-0',
        blocked && 'text-faint',
        danger && !blocked && 'text-broken',
      )}
    >
      {icon}
      <span className="flex-1">
        {children}
        {blocked && <span className="block max-w-56 text-xs text-faint">{disabledReason}</span>}
      </span>
      {hint && <span className="text-xs text-faint">{hint}</span>}
    </DropdownMenu.Item>
  );
}

export function MenuSeparator() {
  return <DropdownMenu.Separator className="mx-1 my-1 h-px bg-line" />;
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="px-2 py-1 text-xs text-faint">{children}</DropdownMenu.Label>;
}
