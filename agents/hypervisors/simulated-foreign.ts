// Simulated machines of somebody else, one file each, which a test leaves there: `<id>.foreign`, and `<id>.taken` while one is an instance.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '@/contract/errors';
import { ForeignDomain } from '@/contract/schemas/domain';
import type { Foreign } from './hypervisor';
import { type LiveParts, runningOf } from './simulated-parts';

export type ForeignMachines = {
  entries(): ForeignDomain[];
  put(domain: ForeignDomain): void;
};

type Parts = Pick<LiveParts, 'faults' | 'machineOf' | 'find' | 'cleanup'>;

export type SimulatedForeign = ForeignMachines & {
  foreign(parts: Parts): Foreign;
  /** Of one that is an instance for good, nothing is kept. */
  drop(id: string): void;
};

export function openSimulatedForeign(folder: string): SimulatedForeign {
  mkdirSync(folder, { recursive: true });
  const listeners = new Set<() => void>();
  const fileOf = (id: string, ending: 'foreign' | 'taken') => path.join(folder, `${id}.${ending}`);
  const read = (file: string) => ForeignDomain.parse(JSON.parse(readFileSync(file, 'utf8')));
  const entries = () =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.foreign'))
      .map((name) => read(path.join(folder, name)));
  const find = (id: string) => entries().find((one) => one.id === id);
  const put = (domain: ForeignDomain) => {
    writeFileSync(fileOf(domain.id, 'foreign'), JSON.stringify(domain));
    listeners.forEach((listener) => listener());
  };
  return {
    entries,
    put,
    drop: (id) => rmSync(fileOf(id, 'taken'), { force: true }),
    foreign: ({ faults, machineOf, find: findMachine, cleanup }) => ({
      list: async () => entries(),
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      takeOver: async (start) => {
        await faults.pass('hypervisor.takeOver');
        const { id } = start.definition;
        if (findMachine(id)?.isUp()) return;
        if (!find(id)) throw new AppError('not_found', 'no such domain runs on the node any more');
        renameSync(fileOf(id, 'foreign'), fileOf(id, 'taken'));
        machineOf(start.definition).run(runningOf(start), { boots: false });
      },
      letGo: async (id, name) => {
        await faults.pass('hypervisor.letGo');
        if (!findMachine(id)?.isUp()) return;
        await cleanup(id);
        put({ ...read(fileOf(id, 'taken')), name });
        rmSync(fileOf(id, 'taken'), { force: true });
      },
    }),
  };
}
