// Reads out of the traces of an ended QEMU how it ended.
import type { Ending } from '../tools/run';
import type { Ended } from './kvm-record';

export type Traces = {
  /** It was to take over a guest from another node and never ran here. */
  arriving?: boolean;
  /** The driver's `stop` ended it. */
  asked: boolean;
  /** QEMU's SHUTDOWN event, if one was seen. */
  shutdown: { guest: boolean; reason: string } | null;
  /** Exit code or signal; null where the process was started by an earlier agent. */
  ending: Ending | null;
  lastWords: string;
};

export function judgeEnding(traces: Traces): Omit<Ended, 'at'> {
  const { arriving = false, asked, shutdown, ending, lastWords } = traces;
  if (asked) return { operState: 'absent', detail: null };
  if (shutdown?.guest && shutdown.reason !== 'guest-panic') return { operState: 'shutdown', detail: null };
  const words = lastWords === '' ? 'It left no message.' : `Its last words: ${lastWords}`;
  const operState = arriving ? 'absent' : 'crashed';
  return { operState, detail: `${cause(shutdown, ending)} ${words}` };
}

function cause(shutdown: Traces['shutdown'], ending: Ending | null): string {
  if (shutdown?.reason === 'guest-panic') return 'The guest panicked.';
  if (shutdown?.reason === 'host-signal') return 'QEMU was ended by a signal on the node.';
  if (shutdown) return `QEMU was ended on the node (${shutdown.reason}).`;
  if (ending?.exitSignal) return `QEMU was killed by ${ending.exitSignal}.`;
  if (ending && ending.exitCode !== null) return `QEMU ended with exit code ${ending.exitCode}.`;
  return 'QEMU ended without being asked.';
}
