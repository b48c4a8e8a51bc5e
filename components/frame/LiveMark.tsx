'use client';
// Says whether what is on the page is what is the case: live, some seconds behind, or cut off.
import { useTranslations } from 'next-intl';
import { useLiveStatus } from '@/client/live-status';
import { useNow } from '@/components/ui/clock';
import { StateShape } from '@/components/ui/StateShape';
import { type Tone, toneText } from '@/components/ui/tone';
import { Tooltip } from '@/components/ui/Tooltip';
import { beatIntervalMs } from '@/contract/events';

/** One beat may be late, two are not. */
const patienceMs = 2 * beatIntervalMs;

export function LiveMark() {
  const t = useTranslations('frame.live');
  const { kind, heardAtMs } = useLiveStatus();
  const silentMs = useNow() - (heardAtMs ?? Number.POSITIVE_INFINITY);
  const isBehind = kind === 'live' && silentMs > patienceMs;
  const shown = isBehind ? 'behind' : kind;
  const words = { live: t('live'), connecting: t('connecting'), reconnecting: t('reconnecting'), behind: '' };
  const word = isBehind ? t('behind', { n: Math.round(silentMs / 1000) }) : words[shown];
  return (
    <Tooltip text={hintOf(shown, t)} side="bottom">
      <button
        type="button"
        aria-label={word}
        className={`flex h-7 cursor-default items-center gap-1.5 rounded-md px-2 text-sm ${toneText[toneOf[shown]]}`}
      >
        <StateShape tone={toneOf[shown]} />
        <span className={`max-sm:sr-only ${shown === 'live' ? 'text-faint' : ''}`}>{word}</span>
      </button>
    </Tooltip>
  );
}

type Shown = 'live' | 'connecting' | 'reconnecting' | 'behind';

const toneOf: Record<Shown, Tone> = {
  live: 'running',
  connecting: 'working',
  behind: 'attention',
  reconnecting: 'broken',
};

function hintOf(shown: Shown, t: ReturnType<typeof useTranslations<'frame.live'>>): string {
  if (shown === 'behind') return t('behindHint');
  return shown === 'reconnecting' ? t('reconnectingHint') : t('hint');
}
