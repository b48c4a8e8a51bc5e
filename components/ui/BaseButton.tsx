// A button without a tooltip, small enough for the first page. Invariant: while `pending` it shows so and does nothing.
import { clsx } from 'clsx';
import type { ComponentProps, MouseEvent } from 'react';
import { buttonStyle, type ButtonLook } from './button-style';
import { Spinner } from './Spinner';

export type BaseButtonProps = Omit<ComponentProps<'button'>, 'disabled'> &
  ButtonLook & {
    /** It was pressed and what it asked for is under way. */
    pending?: boolean;
    /** Not possible now. It stays focusable, so that the reason beside it can be read. */
    blocked?: boolean;
  };

export function BaseButton({
  look,
  size,
  pending = false,
  blocked = false,
  className,
  children,
  onClick,
  type = 'button',
  ...rest
}: BaseButtonProps) {
  const isInert = pending || blocked;
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    if (!isInert) return onClick?.(event);
    // Neither a submit nor a menu that wraps the button may happen.
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <button
      {...rest}
      type={type}
      aria-disabled={blocked || undefined}
      aria-busy={pending || undefined}
      className={clsx(buttonStyle({ look, size }), className)}
      onClick={press}
    >
      <span className={clsx('inline-flex items-center gap-1.5', pending && 'opacity-0')}>{children}</span>
      {pending && <Spinner className="absolute" />}
    </button>
  );
}
