'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { lostMirrorsQuery, useRestoreMirrors } from '@/client/node-upkeep';
import { Button } from '@/components/ui/Button';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { Section } from '@/components/ui/Section';
import { pages } from '@/contract/paths';
import type { Node } from '@/contract/schemas/node';

/** Sides of mirrors that the node does not have any more; nothing where it lacks none. */
export function LostMirrors({ node }: { node: Node }) {
  const t = useTranslations('upkeep.lost');
  const { data } = useQuery({ ...lostMirrorsQuery(node.id), enabled: node.state === 'online' });
  const restore = useRestoreMirrors();
  const rows = node.state === 'online' ? (data?.rows ?? []) : [];
  if (rows.length === 0) return null;
  const possible = rows.filter(({ mode }) => mode !== null).length;
  const button = (
    <Button
      size="small"
      pending={restore.isPending}
      disabledReason={possible === 0 ? t('nothing') : null}
      onClick={() => restore.mutate({ id: node.id })}
    >
      {t('verb', { count: possible })}
    </Button>
  );
  return (
    <Section title={t('title')} help={t('help')} actions={button}>
      <div className="grid gap-3">
        {restore.error && <ErrorPanel error={restore.error} compact />}
        <ul className="-my-1 divide-y divide-line">
          {rows.map(({ instance, mode, whyNot }) => (
            <li key={instance.id} className="flex min-h-8 flex-wrap items-center gap-x-3">
              <Link
                href={pages.instance(instance.id)}
                className="min-w-0 flex-1 truncate font-mono text-[13px] font-medium hover:text-accent hover:underline"
              >
                {instance.name}
              </Link>
              <span className={`text-sm ${mode ? 'text-soft' : 'text-attention'}`}>
                {mode ? t(`modes.${mode}`) : whyNot}
              </span>
            </li>
          ))}
        </ul>
      </div>
    </Section>
  );
}
