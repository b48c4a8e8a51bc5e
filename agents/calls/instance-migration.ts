// Moving running instances: what each of the two nodes does. The control plane leads.
import { AppError } from '@/contract/errors';
import type { InstanceDefinition } from '@/contract/agent-calls';
import type { RunningMachine } from '@/contract/agent-live-calls';
import { chooseBoot } from '../boot-choice';
import { hypervisorOf, observedOf } from '../driver-choice';
import type { Hypervisor } from '../hypervisors/hypervisor';
import { releaseResources, takeResources } from '../instance-resources';
import type { NodeParts } from '../node-parts';
import { writeSeedCd } from '../seed/seed-cd';
import type { Handlers } from './handlers';
import { findHypervisor, inTurn, runningHypervisor } from './running';

type MigrationCalls = Pick<
  Handlers,
  | 'instance.receive'
  | 'instance.migrate'
  | 'instance.cancelMigration'
  | 'instance.finishMigration'
  | 'instance.migrationState'
>;

export function createMigrationCalls(parts: NodeParts): MigrationCalls {
  const { drivers, definitions, dataDir, log } = parts;
  const nameOf = (id: string) => definitions.get(id)?.name ?? 'an instance';
  /** Also of one that does not run, for what is left of it. */
  const knowing = (instanceId: string): Hypervisor | undefined => {
    const definition = definitions.get(instanceId);
    const found = findHypervisor(drivers, instanceId);
    return found ?? (definition && hypervisorOf(drivers, definition.hypervisor));
  };
  return {
    'instance.receive': inTurn(parts, 'receive', async ({ instanceId, address, machine }, call) => {
      const definition = asRunning(definitions.need(instanceId), machine);
      const hypervisor = hypervisorOf(drivers, definition.hypervisor);
      try {
        const seed = await writeSeedCd(dataDir, definition);
        const boot = await chooseBoot(drivers, definition, { isCdKnown: true, seed });
        const start = { definition, ...boot, ...(await takeResources(drivers, definition)) };
        if (call.signal.aborted) throw new AppError('canceled', 'canceled');
        return await hypervisor.receive({ start, address, accelerator: machine.accelerator });
      } catch (error) {
        if (!findHypervisor(drivers, instanceId)) await releaseResources(drivers, definition).catch(() => {});
        throw error;
      }
    }),
    'instance.migrate': inTurn(parts, 'migrate', async (request, call) => {
      const hypervisor = runningHypervisor(drivers, request.instanceId);
      call.log(`Sending ${nameOf(request.instanceId)} to ${request.host}`);
      const outcome = await hypervisor.migrate({ ...request, signal: call.signal }, call.progress);
      log(`sent ${nameOf(request.instanceId)} to ${request.host}`);
      const history = await hypervisor.serialHistory(request.instanceId);
      return { ...outcome, history: history.toString('base64') };
    }),
    // Out of turn: the one that it breaks off holds the turn.
    'instance.cancelMigration': async ({ instanceId }) => {
      await findHypervisor(drivers, instanceId)?.cancelMigration(instanceId);
      return {};
    },
    'instance.finishMigration': inTurn(parts, 'finish the migration of', async ({ history, ...finish }) => {
      const { instanceId, side, success } = finish;
      const hypervisor = knowing(instanceId);
      if (history !== undefined) await hypervisor?.seedSerial(instanceId, Buffer.from(history, 'base64'));
      await hypervisor?.finishMigration(finish);
      const isLeaving = (side === 'source') === success;
      const definition = definitions.get(instanceId);
      if (isLeaving && definition) await releaseResources(drivers, definition);
      log(
        `finished the migration of ${nameOf(instanceId)} as its ${side}${success ? '' : ', without success'}`,
      );
      return { instance: observedOf(drivers, instanceId) ?? null };
    }),
    'instance.migrationState': async ({ instanceId }) =>
      (await findHypervisor(drivers, instanceId)?.migrationState(instanceId)) ?? {
        state: 'none',
        arrived: false,
      },
  };
}

/** The definition as it has to be for a machine that takes over this one: what was changed since it started waits for the next start. */
function asRunning(definition: InstanceDefinition, machine: RunningMachine): InstanceDefinition {
  const { vcpus, memoryMiB, hvParams } = machine;
  const place = <T extends { id: string }>(kind: string, have: T[], places: RunningMachine['disks']) =>
    places.map(({ id, index }) => {
      const part = have.find((one) => one.id === id);
      if (part) return { ...part, index };
      throw new AppError('not_found', `its definition here lacks ${kind} ${index}`);
    });
  return {
    ...definition,
    ...{ vcpus, memoryMiB, hvParams },
    disks: place('disk', definition.disks, machine.disks).map((disk) => ({
      ...disk,
      mode: machine.disks.find(({ id }) => id === disk.id)?.mode,
    })),
    nics: place('NIC', definition.nics, machine.nics),
  };
}
