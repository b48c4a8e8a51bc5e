import { clsx } from 'clsx';
import Link from 'next/link';
import type { ComponentProps } from 'react';
import { buttonStyle, type ButtonLook } from './button-style';

export function ButtonLink({ look, size, className, ...rest }: ComponentProps<typeof Link> & ButtonLook) {
  return <Link {...rest} className={clsx(buttonStyle({ look, size }), className)} />;
}
