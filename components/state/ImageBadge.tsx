'use client';
import { useTranslations } from 'next-intl';
import { StateBadge } from '@/components/ui/StateBadge';
import type { Tone } from '@/components/ui/tone';
import type { Image, ImageState } from '@/contract/schemas/image';

const toneOf: Record<ImageState, Tone> = {
  uploading: 'working',
  fetching: 'working',
  ready: 'done',
  failed: 'broken',
  removing: 'working',
};

export function ImageBadge({ image }: { image: Image }) {
  const states = useTranslations('states.image');
  const t = useTranslations('images');
  const { state, bytes, receivedBytes, problem } = image;
  const percent = state === 'uploading' && bytes ? Math.floor((receivedBytes / bytes) * 100) : null;
  const word = percent === null ? states(state) : t('progress', { state: states(state), percent });
  return <StateBadge tone={toneOf[state]} word={word} hint={problem ?? undefined} />;
}
