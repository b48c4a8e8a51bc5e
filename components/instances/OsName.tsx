'use client';
import { useTranslations } from 'next-intl';
import type { OsChoice } from '@/contract/schemas/instance';
import { fullScriptName } from '@/contract/schemas/os-script';

export function OsName({ os }: { os: OsChoice }) {
  const t = useTranslations('states.os');
  const name = nameOf(os);
  if (name === undefined) return t(os.kind);
  return (
    <span title={name} className="inline-block max-w-40 truncate align-bottom font-mono text-[12.5px]">
      {name}
    </span>
  );
}

/** What it was chosen by; undefined for what is one of its kind. */
function nameOf(os: OsChoice): string | undefined {
  if (os.kind === 'iso') return os.iso;
  if (os.kind === 'script') return fullScriptName(os);
  return os.kind === 'image' ? os.name : undefined;
}
