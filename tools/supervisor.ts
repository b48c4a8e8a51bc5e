// The process behind `npm start`: brings the database and the programs up, keeps them up, and takes them down, in
// order and once, on Ctrl-C or SIGTERM. It never touches instances.
import path from 'node:path';
import { readSettings } from './supervisor/settings';
import { startUp } from './supervisor/start-up';

/** This file and its bundle in dist/ are both one folder below the product's. */
const root = path.join(import.meta.dirname, '..');

/** One Ctrl-C comes twice under npm, which passes on what the terminal has sent to both; a person takes longer. */
const sameSignalMs = 300;

const say = (line: string) => console.log(line);

async function supervise(): Promise<void> {
  const stopping = new AbortController();
  followSignals(stopping);
  // A terminal that was closed must not end us before the programs are stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

  const undo: (() => Promise<void> | void)[] = [];
  const settings = readSettings(root, process.env);
  try {
    await startUp({ settings, say, signal: stopping.signal, onStop: (stop) => undo.push(stop) });
    await aborted(stopping.signal);
  } catch (error) {
    // Asked to stop while starting: what came up so far is taken down like the rest.
    if (!stopping.signal.aborted) throw error;
  } finally {
    if (stopping.signal.aborted) say('Stopping …');
    for (const stop of undo.reverse()) await stop();
  }
}

/** The first asks to stop, a second ends at once: programs end by themselves then, and PostgreSQL is found again by the next start. */
function followSignals(stopping: AbortController): void {
  let firstAt: number | undefined;
  const follow = () => {
    firstAt ??= Date.now();
    stopping.abort();
    if (Date.now() - firstAt < sameSignalMs) return;
    console.error('Error: told to stop a second time; not waiting for what still runs');
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, follow);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

try {
  await supervise();
  say('Corral is stopped.');
  process.exit(0);
} catch (error) {
  console.error(`Error: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
