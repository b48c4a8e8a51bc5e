// OSes of a simulated node: always ready, installed by saying so.
import { writeFile } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import { whyNoScript, type ScriptOffer } from '@/contract/schemas/os-script';
import type { ImageCache } from '../images/image-cache';
import type { Faults } from '../simulated-faults';
import type { OsDriver } from './os-definition';
import type { ScriptOs } from './script';

export type SimulatedOsRequest = {
  kind: OsDriver['kind'];
  isos: string[];
  images: ImageCache;
  faults: Faults;
};

const scripts: ScriptOffer[] = [
  {
    name: 'debootstrap',
    variants: ['bookworm', 'trixie'],
    parameters: [{ name: 'filesystem', description: 'The file system of the root.' }],
    problem: null,
  },
];

export function createSimulatedExport(faults: Faults): Pick<ScriptOs, 'exportDisk'> {
  return {
    async exportDisk({ to }, report) {
      await faults.pass('os.save', report.signal);
      await writeFile(to, 'what a simulated script exports');
      report.progress(1);
      return true;
    },
  };
}

export function createSimulatedOs({ kind, isos, images, faults }: SimulatedOsRequest): OsDriver {
  return {
    kind,
    prepare: async () => {},
    offer: () => (kind === 'iso' || kind === 'script' ? null : { kind, state: 'ready', detail: null }),
    ...(kind === 'script' && { listScripts: async () => scripts }),
    verify: async (os) => {
      await faults.pass('os.verify');
      const why = os.kind === 'script' ? whyNoScript(os, scripts) : null;
      if (why !== null) throw new AppError('invalid', `the node ${why}`);
    },
    install: async ({ definition, diskPaths }, report) => {
      await faults.pass('os.install', report.signal);
      if (definition.name.startsWith('fail-os-'))
        throw new AppError('tool_failed', 'simulated failure of the installation');
      if (definition.os.kind === 'image' && diskPaths.length > 0) await images.use(definition.os.imageId);
      if (!['tiny', 'script', 'image'].includes(kind) || diskPaths.length === 0) return;
      for (const part of ['Formatting the disk', 'Copying files', 'Writing the configuration'])
        report.log(part);
      report.progress(1);
    },
    rename: async (_, report) => {
      await faults.pass('os.rename', report.signal);
    },
    boot: async ({ os }) => {
      await faults.pass('os.boot');
      if (os.kind !== 'iso') return { kind: 'firmware' };
      if (!isos.includes(os.iso)) throw new AppError('not_found', `the node has no ISO file ${os.iso}`);
      return { kind: 'iso', path: `/simulated/${os.iso}` };
    },
  };
}
