// `npm run bench -- lab [--xen] [figure …]`: three real nodes, and every figure beside the raw tools (or only those named).
import { loadavg } from 'node:os';
import { printTable, type Row } from '../figure';
import { openLabBed } from './bed';
import {
  measureAgent,
  measureCreate,
  measureEvacuate,
  measureFailover,
  measureMemory,
  measureMigrate,
  measureVerify,
} from './figures';

/** Memory comes last: after everything that was asked for. */
const kvmFigures = {
  verify: measureVerify,
  create: measureCreate,
  migrate: measureMigrate,
  failover: measureFailover,
  evacuate: measureEvacuate,
  memory: measureMemory,
  agent: measureAgent,
};
const xenFigures = { create: measureCreate, migrate: measureMigrate, agent: measureAgent };

const isXen = process.argv.includes('--xen');
const figures = isXen ? xenFigures : kvmFigures;
const names = process.argv.slice(2).filter((word) => word !== '--xen');
const unknown = names.filter((name) => !Object.keys(figures).includes(name));
if (unknown.length > 0) {
  console.error(`No figure ${unknown.join(', ')}. There are: ${Object.keys(figures).join(', ')}`);
  process.exit(2);
}

const load = () =>
  loadavg()
    .map((one) => one.toFixed(1))
    .join(' ');
const before = performance.now();
const bed = await openLabBed(isXen ? 'xen-pvm' : 'kvm');
const rows: Row[] = [];
try {
  console.log(
    `three nodes are online after ${((performance.now() - before) / 1000).toFixed(1)} s, console included`,
  );
  for (const [name, measure] of Object.entries(figures)) {
    if (names.length > 0 && !names.includes(name)) continue;
    console.log(`${name} … (load ${load()})`);
    const measured = await measure(bed);
    for (const row of measured) console.log(`  ${row.what}: ${row.measured}`);
    rows.push(...measured);
  }
  printTable(rows);
} finally {
  await bed.close();
}
