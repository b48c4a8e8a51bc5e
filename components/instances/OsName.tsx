'use client';
import { useTranslations } from 'next-intl';
import type { OsChoice } from '@/contract/schemas/instance';
import { fullScriptName } from '@/contract/schemas/os-script';

export function OsName({ os }: { os: OsChoice }) {
  const t = useTranslations('states.os');
  if (os.kind !== 'iso' && os.kind !== 'script') return t(os.kind);
  const name = os.kind === 'iso' ? os.iso : fullScriptName(os);
  return (
    <span title={name} className="inline-block max-w-40 truncate align-bottom font-mono text-[12.5px]">
      {name}
    </span>
  );
}
