// Starting, stopping and resetting instances.
import { AppError } from '@/contract/errors';
import type { InstanceDefinition, ObservedInstance } from '@/contract/agent-calls';
import { chooseBoot, withOverrides } from '../boot-choice';
import { hypervisorOf, isHere, isRunning, observedOf } from '../driver-choice';
import { releaseResources, takeResources } from '../instance-resources';
import type { NodeParts } from '../node-parts';
import { wordsOf } from '../log';
import { writeSeedCd } from '../seed/seed-cd';
import { inContext } from './in-context';
import type { CallContext, Handlers } from './handlers';
import { needObserved, runningHypervisor } from './running';

type PowerCalls = Pick<Handlers, 'instance.start' | 'instance.stop' | 'instance.reset'>;

export function createPowerCalls(parts: NodeParts): PowerCalls {
  const { drivers, definitions, locks } = parts;
  return {
    'instance.start': ({ instanceId, paused = false, overrides }, { signal }) =>
      locks.run(
        instanceId,
        async () => {
          const definition = withOverrides(definitions.need(instanceId), overrides);
          return inContext(`Cannot start ${definition.name}`, () =>
            start(parts, { definition, paused }, signal),
          );
        },
        signal,
      ),
    'instance.stop': (params, call) =>
      locks.run(params.instanceId, () => stop(parts, params, call), call.signal),
    'instance.reset': ({ instanceId }, { signal }) =>
      locks.run(
        instanceId,
        () =>
          inContext(`Cannot reset ${definitions.get(instanceId)?.name ?? 'the instance'}`, async () => {
            await runningHypervisor(drivers, instanceId).reset(instanceId);
            return {};
          }),
        signal,
      ),
  };
}

type Start = { definition: InstanceDefinition; paused: boolean };

async function start(
  { drivers, dataDir, log }: NodeParts,
  { definition, paused }: Start,
  signal: AbortSignal,
): Promise<ObservedInstance> {
  const running = observedOf(drivers, definition.id);
  if (running?.migration === 'receiving')
    throw new AppError('wrong_state', 'it is arriving from another node');
  if (running?.migration === 'sent') throw new AppError('wrong_state', 'it has been sent to another node');
  if (running && isRunning(running)) return running;
  const hypervisor = hypervisorOf(drivers, definition.hypervisor);
  try {
    const resources = await takeResources(drivers, definition);
    const seed = await writeSeedCd(dataDir, definition);
    const boot = await chooseBoot(drivers, definition, { seed });
    if (signal.aborted) throw new AppError('canceled', 'canceled');
    await hypervisor.start({ definition, ...boot, ...resources, paused });
  } catch (error) {
    await releaseResources(drivers, definition).catch((second: unknown) =>
      log(`cannot release what ${definition.name} held after its failed start: ${wordsOf(second)}`),
    );
    throw error;
  }
  log(`started ${definition.name}`);
  return needObserved(drivers, definition.id);
}

type StopParams = { instanceId: string; force: boolean; timeoutMs: number };

async function stop({ drivers, definitions, log }: NodeParts, params: StopParams, call: CallContext) {
  const { instanceId } = params;
  const observed = observedOf(drivers, instanceId);
  const definition = definitions.get(instanceId);
  const name = definition?.name ?? observed?.name ?? 'the instance';
  return inContext(`Cannot stop ${name}`, async () => {
    const before = performance.now();
    const wasRunning = isHere(observed);
    if (wasRunning && !params.force) call.log(`Asked ${name} to shut down`);
    const hypervisor = wasRunning ? runningHypervisor(drivers, instanceId) : undefined;
    const { forced } = (await hypervisor?.stop({ ...params, signal: call.signal })) ?? { forced: false };
    const seconds = ((performance.now() - before) / 1000).toFixed(1);
    if (forced && !params.force)
      call.log(`${name} did not shut down in ${seconds} s; it was switched off`, 'warn');
    if (definition) await releaseResources(drivers, definition);
    if (wasRunning) log(`stopped ${name}${forced ? ' by force' : ''}`);
    return { forced };
  });
}
