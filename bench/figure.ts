// One row of the table: what was measured, its goal, and what came out.
import type { Fleet } from './fleet';
import type { Bed } from './bed';

export type Row = { what: string; goal: string; measured: string; reached: boolean };

/** A benchmark gets the running product (`bed`) and a way to simulated nodes; it answers one or more rows. */
export type Figure = { name: string; measure(bed: Bed, fleet: () => Promise<Fleet>): Promise<Row[]> };

export function printTable(rows: Row[]): void {
  console.log('\n| What | Goal | Measured | |\n|---|---|---|---|');
  for (const { what, goal, measured, reached } of rows)
    console.log(`| ${what} | ${goal} | ${measured} | ${reached ? 'reached' : 'MISSED'} |`);
}
