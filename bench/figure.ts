// One row of the table: what was measured, its goal, and what came out.
import type { Fleet } from './fleet';
import type { Bed } from './bed';

/** `reached`: null where there is no goal. */
export type Row = { what: string; goal: string; measured: string; reached: boolean | null };

/** `fleet` answers that many simulated nodes, the same ones for the same number. */
export type Ground = { bed: Bed; fleet: (count: number) => Promise<Fleet> };

export type Figure = { name: string; measure(ground: Ground): Promise<Row[]> };

const verdict = { true: 'reached', false: 'MISSED', null: '' } as const;

export function printTable(rows: Row[]): void {
  console.log('\n| What | Goal | Measured | |\n|---|---|---|---|');
  for (const { what, goal, measured, reached } of rows)
    console.log(`| ${what} | ${goal} | ${measured} | ${verdict[`${reached}`]} |`);
}
