'use client';
import { Link2, Link2Off, Split } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { ProgressBar } from '@/components/ui/ProgressBar';
import { type MirrorHealth, syncDone } from '@/contract/mirror-health';
import type { InstanceDisk } from '@/contract/schemas/instance-parts';
import { timeLeft } from './time-left';

type Props = { disk: InstanceDisk; health: MirrorHealth };

/** What lies between the sides: a line, a gap, or how far one has filled the other. */
export function MirrorLink({ disk, health }: Props) {
  const t = useTranslations('mirrors.link');
  if (health === 'synchronising') return <Syncing disk={disk} />;
  if (health === 'splitBrain')
    return (
      <Between icon={<Split aria-hidden />} tone="text-broken">
        {t('split')}
      </Between>
    );
  const isConnected = disk.sides.some(
    ({ nodeState, status }) => nodeState === 'online' && status?.connection === 'connected',
  );
  return isConnected && health !== 'degraded' ? (
    <Between icon={<Link2 aria-hidden />} tone="text-running">
      {t('connected')}
    </Between>
  ) : (
    <Between icon={<Link2Off aria-hidden />} tone="text-attention">
      {t('broken')}
    </Between>
  );
}

function Between({ icon, tone, children }: { icon: ReactNode; tone: string; children: ReactNode }) {
  return (
    <div className="flex items-center justify-center gap-2 px-2 py-1 text-center text-sm md:flex-col">
      <span className={`${tone} [&_svg]:size-4 max-md:[&_svg]:rotate-90`}>{icon}</span>
      <span className="text-soft">{children}</span>
    </div>
  );
}

function Syncing({ disk: { index, sides } }: { disk: InstanceDisk }) {
  const t = useTranslations('mirrors.link');
  const ui = useTranslations('mirrors.time');
  const done = syncDone(sides);
  const seconds = sides.flatMap(({ status }) => status?.secondsLeft ?? []);
  const source = sides.find(({ status }) => status?.sync === 'source')?.node.name;
  const target = sides.find(({ node }) => node.name !== source)?.node.name;
  const isPaused = sides.some(({ status }) => status?.sync === 'paused');
  const parts = seconds.length > 0 ? timeLeft(Math.max(...seconds)) : null;
  const left = () => {
    if (isPaused) return t('paused');
    return parts ? t('left', { time: ui(parts.unit, { n: parts.n }) }) : t('leftUnknown');
  };
  return (
    <div className="grid content-center gap-1.5 px-2 py-1 text-center text-sm">
      <ProgressBar value={done} label={t('syncLabel', { index })} />
      <p className="text-soft">{t('sync', { percent: Math.floor((done ?? 0) * 100), left: left() })}</p>
      {source && target && (
        <p className="font-mono text-[12px] wrap-anywhere text-faint">
          {t('to', { from: source, to: target })}
        </p>
      )}
    </div>
  );
}
