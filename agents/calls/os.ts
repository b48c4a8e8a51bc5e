// Installing an OS onto an instance's disks, saving what is on the first, and telling an installed guest its new name.
import { AppError } from '@/contract/errors';
import type { InstanceDefinition } from '@/contract/agent-calls';
import { disksOf } from '../definitions';
import { isHere, observedOf, osOf, storageOf } from '../driver-choice';
import type { Drivers } from '../drivers';
import { releaseDisk } from '../instance-resources';
import type { NodeParts } from '../node-parts';
import { inContext } from './in-context';
import type { CallContext, Handlers } from './handlers';

type OsCalls = Pick<Handlers, 'os.verify' | 'os.install' | 'os.save' | 'os.rename'>;

export function createOsCalls(parts: NodeParts): OsCalls {
  const { drivers } = parts;
  return {
    'os.verify': ({ os }, call) =>
      inContext('Cannot install this OS', async () => {
        await osOf(drivers, os.kind).verify?.(os, call);
        return {};
      }),
    'os.install': ({ instanceId, about, reinstall }, call) =>
      onStopped(parts, { instanceId, doing: 'install the OS of', call }, async (definition, diskPaths) => {
        await osOf(drivers, definition.os.kind).install({ definition, diskPaths, about, reinstall }, call);
        return {};
      }),
    'os.save': ({ instanceId, imageId, about }, call) =>
      onStopped(parts, { instanceId, doing: 'save disk 0 of', call }, (definition, diskPaths) =>
        drivers.saved.save({ imageId, definition, diskPaths, about }, call),
      ),
    'os.rename': ({ instanceId, about, oldName }, call) =>
      onStopped(parts, { instanceId, doing: 'rename the guest of', call }, async (definition, diskPaths) => {
        const os = osOf(drivers, definition.os.kind);
        await os.rename?.({ definition, diskPaths, about, oldName }, call);
        return {};
      }),
  };
}

type Attempt = { instanceId: string; doing: string; call: CallContext };
type Work<R> = (definition: InstanceDefinition, diskPaths: string[]) => Promise<R>;

/** With all disks assembled and open, which are released again. */
function onStopped<R>(parts: NodeParts, { instanceId, doing, call }: Attempt, work: Work<R>): Promise<R> {
  const { drivers, definitions, locks } = parts;
  const attempt = async () => {
    const definition = definitions.need(instanceId);
    return inContext(`Cannot ${doing} ${definition.name}`, async () => {
      if (isHere(observedOf(drivers, instanceId)))
        throw new AppError('wrong_state', 'the instance is running');
      try {
        return await work(definition, await openDisks(drivers, definition));
      } finally {
        for (const disk of disksOf(definition)) await releaseDisk(drivers, disk);
      }
    });
  };
  return locks.run(instanceId, attempt, call.signal);
}

async function openDisks(drivers: Drivers, definition: InstanceDefinition): Promise<string[]> {
  const paths: string[] = [];
  for (const disk of disksOf(definition)) {
    const storage = storageOf(drivers, disk.spec.template);
    const { path } = await storage.assemble(disk);
    await storage.open(disk);
    paths.push(path);
  }
  return paths;
}
