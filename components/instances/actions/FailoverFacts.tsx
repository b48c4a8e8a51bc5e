'use client';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { StateShape } from '@/components/ui/StateShape';
import { type Tone, toneText } from '@/components/ui/tone';
import { holdsEverything } from '@/contract/mirror-health';
import type { Instance } from '@/contract/schemas/instance';
import type { InstanceDisk } from '@/contract/schemas/instance-parts';
import type { Node } from '@/contract/schemas/node';

type Props = { instance: Instance; primary: Node };

/** The primary node's state, and what each disk's other side is known to hold. */
export function FailoverFacts({ instance, primary }: Props) {
  const t = useTranslations('moves.failoverDialog');
  const isOff = primary.state === 'offline' && primary.fencedAt !== null;
  return (
    <section aria-label={t('known')} className="rounded-md border border-line bg-sunken px-3 py-2">
      <ul className="grid gap-1.5 text-sm">
        <PrimaryFact node={primary} />
        {instance.disks.map((disk) => (
          <DiskFact key={disk.id} disk={disk} instance={instance} isPrimaryOff={isOff} />
        ))}
      </ul>
    </section>
  );
}

function PrimaryFact({ node: { name, state, fencedAt, fencedHow, seenAt } }: { node: Node }) {
  const t = useTranslations('moves.failoverDialog');
  if (state === 'online') return <Fact tone="done">{t('online', { node: name })}</Fact>;
  if (state === 'offline' && fencedAt !== null) {
    const words = fencedHow === 'hook' ? 'fencedHook' : 'fencedDeclared';
    return <Fact tone="done">{t.rich(words, { node: name, at: () => <RelativeTime at={fencedAt} /> })}</Fact>;
  }
  return (
    <Fact tone="broken">{t.rich('notFenced', { node: name, at: () => <RelativeTime at={seenAt} /> })}</Fact>
  );
}

type DiskProps = { disk: InstanceDisk; instance: Instance; isPrimaryOff: boolean };

function DiskFact({ disk: { index, sides }, instance: { node, secondary }, isPrimaryOff }: DiskProps) {
  const t = useTranslations('moves.failoverDialog');
  const states = useTranslations('mirrors.diskStates');
  const names = { index, from: node?.name ?? '', to: secondary?.name ?? '' };
  const left = sides.find(({ isPrimaryNode }) => !isPrimaryNode);
  const lost = sides.find(({ isPrimaryNode }) => isPrimaryNode);
  if (!left?.status) return <Fact tone="attention">{t('unseen', names)}</Fact>;
  if (!holdsEverything(sides, { isPrimaryOff })) {
    const { diskState } = left.status;
    const rich = { state: () => states(diskState), at: () => <RelativeTime at={left.seenAt} /> };
    return <Fact tone="attention">{t.rich('behind', { ...names, ...rich })}</Fact>;
  }
  if (!isPrimaryOff) return <Fact tone="done">{t('wholeNow', names)}</Fact>;
  const at = lost?.seenAt ?? null;
  return <Fact tone="done">{t.rich('wholeThen', { ...names, at: () => <RelativeTime at={at} /> })}</Fact>;
}

function Fact({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <li className="flex items-start gap-2">
      <span className={`mt-[5px] ${toneText[tone]}`}>
        <StateShape tone={tone} />
      </span>
      <span className="min-w-0">{children}</span>
    </li>
  );
}
