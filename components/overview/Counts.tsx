'use client';
// How many there are in each state; each figure leads to the list of exactly these.
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { instanceTone } from '@/components/state/InstanceBadge';
import { nodeTone } from '@/components/state/NodeBadge';
import { StateBadge } from '@/components/ui/StateBadge';
import type { Tone } from '@/components/ui/tone';
import { pages } from '@/contract/paths';
import type { Overview } from '@/contract/schemas/cluster';
import { InstanceStatus, NodeState } from '@/contract/states';

type Count = { key: string; href: string; tone: Tone; word: string; count: number };

export function InstanceCounts({ overview }: { overview: Overview }) {
  const t = useTranslations('overview');
  const states = useTranslations('states.instance');
  const counts = [...InstanceStatus.options].sort(byUsualFirst).map((status) => ({
    key: status,
    href: `${pages.instances()}?status=${status}`,
    tone: instanceTone[status],
    word: states(status),
    count: overview.instances[status],
  }));
  return (
    <CountStrip
      title={t('instances')}
      href={pages.instances()}
      counts={counts}
      always={['running', 'stopped']}
    />
  );
}

export function NodeCounts({ overview }: { overview: Overview }) {
  const t = useTranslations('overview');
  const states = useTranslations('states.node');
  const counts = [...NodeState.options].sort(byUsualFirst).map((state) => ({
    key: state,
    href: `${pages.nodes()}?state=${state}`,
    tone: nodeTone[state],
    word: states(state),
    count: overview.nodes[state],
  }));
  return <CountStrip title={t('nodes')} href={pages.nodes()} counts={counts} always={['online']} />;
}

const usual = ['stopped', 'running', 'online'];

function byUsualFirst(a: string, b: string): number {
  return usual.indexOf(b) - usual.indexOf(a);
}

type StripProps = {
  title: string;
  href: string;
  counts: Count[];
  /** Shown even where there is none. */
  always: readonly string[];
};

function CountStrip({ title, href, counts, always }: StripProps) {
  const t = useTranslations('overview');
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const shown = counts.filter(({ key, count }) => count > 0 || always.includes(key));
  return (
    <section aria-label={title} className="rounded-lg border border-line bg-panel">
      <h2 className="flex items-baseline gap-2 px-4 pt-2.5">
        <Link href={href} className="font-semibold hover:text-accent hover:underline">
          {title}
        </Link>
        <span className="text-sm text-faint">{t('total', { count: total })}</span>
      </h2>
      <ul className="flex flex-wrap px-2 pt-1 pb-2">
        {shown.map(({ key, href: listHref, tone, word, count }) => (
          <li key={key}>
            <Link href={listHref} className="block min-w-28 rounded-md px-2 py-1 hover:bg-hover">
              <span className={`block text-xl ${count === 0 ? 'text-faint' : ''}`}>{count}</span>
              <span className="text-sm">
                <StateBadge tone={tone} word={word} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
