// How a domain ended, from what Xen says and what its guest said last.
import type { ShutdownReason } from '../tools/xl/parse';
import type { Ended } from './xen-record';

/** `reason` null: it is gone without a trace. */
type Traces = { asked: boolean; reason: ShutdownReason | null; words: string };

export function judgeDomainEnd({ asked, reason, words }: Traces): Omit<Ended, 'at'> {
  if (asked) return { operState: 'absent', detail: null };
  if (reason === 'poweroff' || reason === 'reboot') return { operState: 'shutdown', detail: null };
  const said = words === '' ? 'It said nothing.' : `Its last words: ${words}`;
  return { operState: 'crashed', detail: `${causeOf(reason)} ${said}` };
}

function causeOf(reason: ShutdownReason | null): string {
  if (reason === null) return 'Its domain was destroyed on the node.';
  return reason === 'crash' ? 'The guest crashed.' : `Xen ended it (${reason}).`;
}

/** The end of what a guest said, in one line of plain characters; of a kernel that panicked, what it said of that before its stack. */
export function lastLines(history: Buffer): string {
  const lines = history
    .subarray(-8_000)
    .toString('utf8')
    .replace(/\x1b\[[0-9;?]*[a-zA-Z]/g, '')
    .split(/[\r\n]+/)
    .map((line) => line.replace(/[^\x20-\x7e]/g, '').trim())
    .filter((line) => line !== '');
  const panic = lines.findLastIndex((line) => line.includes('Kernel panic'));
  if (panic >= 0) return join(lines.slice(panic, panic + mostLines)).slice(0, mostCharacters);
  return join(lines.slice(-mostLines)).slice(-mostCharacters);
}

const mostLines = 5;
const mostCharacters = 500;
const join = (lines: string[]) => lines.join(' / ');
