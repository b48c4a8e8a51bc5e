// OSes of a simulated node: always ready, installed by saying so.
import { AppError } from '@/contract/errors';
import type { Faults } from '../simulated-faults';
import type { OsDriver } from './os-definition';

export type SimulatedOsRequest = { kind: OsDriver['kind']; isos: string[]; faults: Faults };

export function createSimulatedOs({ kind, isos, faults }: SimulatedOsRequest): OsDriver {
  return {
    kind,
    prepare: async () => {},
    offer: () => (kind === 'iso' ? null : { kind, state: 'ready', detail: null }),
    install: async ({ definition, diskPath }, report) => {
      await faults.pass('os.install', report.signal);
      if (definition.name.startsWith('fail-os-'))
        throw new AppError('tool_failed', 'simulated failure of the installation');
      if (kind !== 'tiny' || diskPath === null) return;
      for (const part of ['Formatting the disk', 'Copying files', 'Writing the configuration'])
        report.log(part);
      report.progress(1);
    },
    boot: async ({ os }) => {
      await faults.pass('os.boot');
      if (os.kind !== 'iso') return { kind: 'firmware' };
      if (!isos.includes(os.iso)) throw new AppError('not_found', `the node has no ISO file ${os.iso}`);
      return { kind: 'iso', path: `/simulated/${os.iso}` };
    },
  };
}
