/** What colour and shape may say. Everything that has a state maps it to one of these. */
export const tones = [
  'running',
  'done',
  'stopped',
  'working',
  'attention',
  'broken',
  'unknown',
  'paused',
] as const;
export type Tone = (typeof tones)[number];

export const toneText: Record<Tone, string> = {
  running: 'text-running',
  done: 'text-running',
  stopped: 'text-stopped',
  working: 'text-working',
  attention: 'text-attention',
  broken: 'text-broken',
  unknown: 'text-stopped',
  paused: 'text-attention',
};

export const toneWash: Record<Tone, string> = {
  running: 'bg-running-wash',
  done: 'bg-running-wash',
  stopped: 'bg-stopped-wash',
  working: 'bg-working-wash',
  attention: 'bg-attention-wash',
  broken: 'bg-broken-wash',
  unknown: 'bg-stopped-wash',
  paused: 'bg-attention-wash',
};
