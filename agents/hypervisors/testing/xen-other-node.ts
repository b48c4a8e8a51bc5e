// One node as if it were two. Xen has each name and id only once, so what comes to the other one has others there; whoever asks does not notice.
import type { Duplex } from 'node:stream';
import type { ObservedInstance } from '@/contract/agent-calls';
import type { Hypervisor, StartRequest } from '../hypervisor';

const suffix = '-elsewhere';

export const isElsewhere = (name: string) => name.includes(suffix);

/** Its own opposite. */
const otherId = (id: string) => `${id.slice(0, -1)}${(parseInt(id.slice(-1), 16) ^ 1).toString(16)}`;

export function asOtherNode(driver: Hypervisor): Hypervisor {
  const otherStart = ({ definition, ...start }: StartRequest): StartRequest => ({
    ...start,
    definition: { ...definition, id: otherId(definition.id), name: `${definition.name}${suffix}` },
  });
  const back = (observed: ObservedInstance): ObservedInstance => ({
    ...observed,
    id: otherId(observed.id),
    name: observed.name.replace(suffix, ''),
  });
  return {
    ...driver,
    list: () => driver.list().map(back),
    onChange: (listener) => driver.onChange((observed) => listener(back(observed))),
    receive: ({ start, ...request }) => driver.receive({ ...request, start: otherStart(start) }),
    migrationState: (id) => driver.migrationState(otherId(id)),
    finishMigration: ({ instanceId, ...request }) =>
      driver.finishMigration({ ...request, instanceId: otherId(instanceId) }),
    seedSerial: (id, history) => driver.seedSerial(otherId(id), history),
    resume: (id) => driver.resume(otherId(id)),
    openConsole: (id, kind): Promise<Duplex> => driver.openConsole(otherId(id), kind),
    cleanup: (id) => driver.cleanup(otherId(id)),
  };
}
