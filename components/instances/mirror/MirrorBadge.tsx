'use client';
import { useTranslations } from 'next-intl';
import { StateBadge } from '@/components/ui/StateBadge';
import type { Tone } from '@/components/ui/tone';
import type { MirrorSummary } from '@/contract/schemas/instance-parts';

const tones: Record<MirrorSummary['state'], Tone> = {
  mirrored: 'running',
  synchronising: 'working',
  notMirrored: 'attention',
  unknown: 'unknown',
};

/** What everybody may know of a mirror. */
export function MirrorBadge({ mirror: { state, syncDone } }: { mirror: MirrorSummary }) {
  const t = useTranslations('mirrors.summary');
  const percent = syncDone === null ? 'none' : String(Math.floor(syncDone * 100));
  return <StateBadge tone={tones[state]} word={t(state, { percent })} />;
}
