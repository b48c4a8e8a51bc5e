// `npm run bench [-- figure …]`: starts the product, measures every figure (or those named) and prints them as one table.
import { loadavg } from 'node:os';
import { openBed, type Bed } from './bed';
import type { Figure, Row } from './figure';
import { printTable } from './figure';
import { agent } from './figures/agent';
import { createDiskless } from './figures/create-diskless';
import { instanceList } from './figures/instance-list';
import { jobOverhead } from './figures/job-overhead';
import { livePage } from './figures/live-page';
import { relay } from './figures/relay';
import { scripts } from './figures/scripts';
import { openFleet, type Fleet } from './fleet';

/** The agent comes last: its memory is told after everything that it was asked to do. */
const figures = [scripts, jobOverhead, createDiskless, relay, livePage, instanceList, agent];

const names = process.argv.slice(2);
const unknown = names.filter((name) => !figures.some((figure) => figure.name === name));
if (unknown.length > 0) {
  console.error(
    `No figure ${unknown.join(', ')}. There are: ${figures.map((figure) => figure.name).join(', ')}`,
  );
  process.exit(2);
}

const interrupted = new Promise<never>((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => reject(new Error('Interrupted')));
});
// Heard where figures are measured; until then only the bed's own end counts.
interrupted.catch(() => {});
const bed = await openBed();
const fleets = new Map<number, Promise<Fleet>>();
try {
  const wanted = figures.filter((figure) => names.length === 0 || names.includes(figure.name));
  printTable(await Promise.race([measureAll(wanted, bed), interrupted]));
} finally {
  // Ends whatever still waits, also for a fleet that is only coming up.
  bed.live.close();
  for (const fleet of fleets.values()) await fleet.then(({ close }) => close()).catch(() => {});
  await bed.close();
}

async function measureAll(wanted: Figure[], bed: Bed): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, measure } of wanted) {
    console.log(`${name} … (load ${loadOf()})`);
    const measured = await measure({ bed, fleet });
    for (const row of measured) console.log(`  ${row.what}: ${row.measured}`);
    rows.push(...measured);
  }
  console.log(`load at the end ${loadOf()}`);
  return rows;
}

function fleet(count: number): Promise<Fleet> {
  const found = fleets.get(count) ?? openFleet(bed, count);
  fleets.set(count, found);
  return found;
}

/** Other work on the machine makes every figure worse. */
function loadOf(): string {
  return loadavg()
    .map((one) => one.toFixed(1))
    .join(' ');
}
