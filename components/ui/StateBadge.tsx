// A state as shape, word and colour, so that it reads without colour.
import { clsx } from 'clsx';
import { StateShape } from './StateShape';
import { type Tone, toneText, toneWash } from './tone';

/** What is as it should be is not written in colour: the shape is enough. */
const calm: Tone[] = ['running', 'done'];

type Props = {
  tone: Tone;
  word: string;
  /** `plain` for tables, where many stand below each other; `filled` for one that stands alone. */
  look?: 'plain' | 'filled';
  /** What the state means, shown on hover. */
  hint?: string;
};

export function StateBadge({ tone, word, look = 'plain', hint }: Props) {
  return (
    <span
      title={hint}
      className={clsx(
        'inline-flex items-center gap-1.5 whitespace-nowrap',
        toneText[tone],
        look === 'filled' && ['rounded-md px-1.5 py-0.5 text-sm font-medium', toneWash[tone]],
      )}
    >
      <StateShape tone={tone} />
      <span className={look === 'plain' && calm.includes(tone) ? 'text-ink' : undefined}>{word}</span>
    </span>
  );
}
