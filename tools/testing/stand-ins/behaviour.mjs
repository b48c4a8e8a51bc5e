// What the stand-ins for Corral's programs share: they note what happens to them, and misbehave when a file asks for it.
import { appendFileSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, '..');

export function note(event) {
  appendFileSync(path.join(folder, 'events.log'), `${JSON.stringify(event)}\n`);
}

/** True once for a file of this name. */
export function isAskedTo(name) {
  const file = path.join(folder, name);
  if (!existsSync(file)) return false;
  rmSync(file);
  return true;
}

export function behaveAs(name) {
  const { DATABASE_URL, CORRAL_SECRET, CORRAL_JOIN_TOKEN, NODE_ENV } = process.env;
  const neverStops = isAskedTo(`never-stop-${name}`);
  note({
    name,
    event: 'started',
    pid: process.pid,
    args: process.argv.slice(2),
    DATABASE_URL,
    CORRAL_SECRET,
    CORRAL_JOIN_TOKEN,
    NODE_ENV,
  });
  process.on('disconnect', () => process.exit(0));
  process.on('SIGINT', () => note({ name, event: 'interrupted' }));
  process.on('SIGTERM', () => {
    note({ name, event: neverStops ? 'asked to stop' : 'stopped' });
    if (neverStops) return;
    process.exit(0);
  });
  setInterval(() => undefined, 60_000);
  console.error('up');
  if (isAskedTo(`crash-${name}`)) process.exit(3);
}
