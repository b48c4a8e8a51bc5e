'use client';
// The button of all pages but the first: a verb, and why it cannot be pressed where it cannot.
import type { ReactNode } from 'react';
import { BaseButton, type BaseButtonProps } from './BaseButton';
import { Tooltip } from './Tooltip';

export type ButtonProps = Omit<BaseButtonProps, 'blocked'> & {
  /** Why it is disabled; shown on hover and on focus. Null or absent: it is enabled. */
  disabledReason?: ReactNode;
  /** Says more where the label alone does not, above all for icons. */
  tooltip?: ReactNode;
};

export function Button({ disabledReason, tooltip, ...rest }: ButtonProps) {
  const blocked = Boolean(disabledReason);
  return (
    <Tooltip text={blocked ? disabledReason : tooltip}>
      <BaseButton {...rest} blocked={blocked} />
    </Tooltip>
  );
}
