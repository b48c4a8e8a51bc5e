'use client';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { instanceTone } from '@/components/state/InstanceBadge';
import { StateShape } from '@/components/ui/StateShape';
import { toneText } from '@/components/ui/tone';
import { pages } from '@/contract/paths';
import type { Instance } from '@/contract/schemas/instance';

/** States that need a word more than their name. */
const explained: Instance['status'][] = [
  'errorDown',
  'errorUp',
  'errorWrongNode',
  'userDown',
  'disksInactive',
  'offline',
  'paused',
  'nodeDown',
  'nodeOffline',
  'unknown',
];

/** What an unexpected state means, what it lacks although it runs, and what was said before it ended. */
export function LastWords({ instance }: { instance: Instance }) {
  const { status, operState, operDetail, elsewhere } = instance;
  const t = useTranslations('instances.overview');
  const hints = useTranslations('states.instanceHint');
  const words = operState === 'crashed' ? operDetail : null;
  const trouble = operState === 'running' || operState === 'paused' ? operDetail : null;
  if (!explained.includes(status) && trouble === null) return null;
  const tone = trouble === null ? instanceTone[status] : 'attention';
  return (
    <section aria-label={t('state')} className="rounded-lg border border-line bg-panel px-4 py-3">
      <p className="flex items-center gap-2.5">
        <span className={toneText[tone]}>
          <StateShape tone={tone} />
        </span>
        {trouble ?? hints(status)}
      </p>
      {status === 'errorWrongNode' && elsewhere && (
        <p className="mt-1 text-soft">
          {t.rich('seenOn', {
            node: () => (
              <Link href={pages.node(elsewhere.id)} className="font-mono text-[13px] hover:underline">
                {elsewhere.name}
              </Link>
            ),
          })}
        </p>
      )}
      {words && (
        <figure className="mt-2">
          <figcaption className="mb-1 text-sm text-faint">{t('lastWords')}</figcaption>
          <pre className="max-h-48 overflow-auto rounded-md border border-line bg-sunken p-2.5 font-mono text-xs wrap-anywhere whitespace-pre-wrap">
            {words}
          </pre>
        </figure>
      )}
    </section>
  );
}
