import type { ReactNode } from 'react';
import type { Tone } from './tone';

/** One shape for each tone: disc, check mark, hollow square, turning arc, triangle, crossed octagon, dotted ring, two bars. */
const shapes: Record<Tone, ReactNode> = {
  running: <circle cx="6" cy="6" r="4" fill="currentColor" />,
  done: (
    <path
      d="m2 6.4 2.8 2.8L10 3.2"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ),
  stopped: <rect x="2.25" y="2.25" width="7.5" height="7.5" rx="1" stroke="currentColor" strokeWidth="1.5" />,
  working: (
    <g stroke="currentColor" strokeWidth="1.75" strokeLinecap="round">
      <circle cx="6" cy="6" r="4.25" opacity="0.25" />
      <path d="M6 1.75A4.25 4.25 0 0 1 10.25 6" />
    </g>
  ),
  attention: <path d="M6 1.2 11.3 10.6H.7Z" fill="currentColor" />,
  broken: (
    <>
      <path d="M3.7.8h4.6l2.9 2.9v4.6l-2.9 2.9H3.7L.8 8.3V3.7Z" fill="currentColor" />
      <path
        d="m4.2 4.2 3.6 3.6m0-3.6L4.2 7.8"
        stroke="var(--panel)"
        strokeWidth="1.4"
        strokeLinecap="round"
      />
    </>
  ),
  unknown: <circle cx="6" cy="6" r="4.25" stroke="currentColor" strokeWidth="1.5" strokeDasharray="2 1.8" />,
  paused: <path d="M3 2h2v8H3zM7 2h2v8H7z" fill="currentColor" />,
};

export function StateShape({ tone }: { tone: Tone }) {
  return (
    <svg
      viewBox="0 0 12 12"
      fill="none"
      aria-hidden
      className={`size-3 shrink-0 ${tone === 'working' ? 'motion-safe:animate-turn' : ''}`}
    >
      {shapes[tone]}
    </svg>
  );
}
