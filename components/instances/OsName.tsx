'use client';
import { useTranslations } from 'next-intl';
import type { OsChoice } from '@/contract/schemas/instance';

export function OsName({ os }: { os: OsChoice }) {
  const t = useTranslations('states.os');
  if (os.kind !== 'iso') return t(os.kind);
  return (
    <span title={os.iso} className="inline-block max-w-40 truncate align-bottom font-mono text-[12.5px]">
      {os.iso}
    </span>
  );
}
