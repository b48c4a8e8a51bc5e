// What an instance writes is written by a stranger. Of the escape sequences that reach beyond the letters on the screen,
// none does here what the one who watches did not ask for.
import type { Terminal } from '@xterm/xterm';

/** Titles (0-2), palette and colours (4, 5, 10-19, 104-119), the clipboard (52), notifications and files (9, 777, 1337). */
const swallowedOsc = [
  ...[0, 1, 2, 4, 5, 9, 52, 104, 105, 777, 1337],
  ...Array.from({ length: 10 }, (_, index) => 10 + index),
  ...Array.from({ length: 10 }, (_, index) => 110 + index),
];

/** Sequences that make a terminal answer, as if someone had typed: device attributes, device status, mode and state reports. */
const reports = [
  { final: 'c' },
  { prefix: '>', final: 'c' },
  { prefix: '=', final: 'c' },
  { final: 'n' },
  { prefix: '?', final: 'n' },
  { intermediates: '$', final: 'p' },
  { prefix: '?', intermediates: '$', final: 'p' },
] as const;

/**
 * `mayAnswer`: whether a report may be answered now. History that is shown again must not be, nor should each of several
 * viewers answer: only the one who types does.
 */
export function guardTerminal(terminal: Terminal, mayAnswer: () => boolean): void {
  for (const osc of swallowedOsc) terminal.parser.registerOscHandler(osc, () => true);
  for (const report of reports) terminal.parser.registerCsiHandler(report, () => !mayAnswer());
  terminal.parser.registerDcsHandler({ intermediates: '$', final: 'q' }, () => !mayAnswer());
}

/** The address of a link that may be offered, as it will be opened; undefined for anything but the web. */
export function safeLink(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : undefined;
}
