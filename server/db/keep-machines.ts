// What running instances are made of, before something changes that they are configured with from elsewhere.
import { RunningMachine } from '@/contract/agent-live-calls';
import type { HypervisorKind } from '@/contract/hypervisor-kind';
import type { Tx } from './client';
import { hvParamColumns, resolvedParams } from './hv-params';
import { lockInstances } from './instance-state';

type Which = { clusterId: string; kinds: readonly HypervisorKind[] };

/** Of which nothing is written down, that one is made of what is configured until now: it is written down. Answers all that there are. */
export async function keepMachines(
  tx: Tx,
  { clusterId, kinds }: Which,
): Promise<{ id: string; ownerId: string | null }[]> {
  await lockInstances(tx, { clusterId });
  const rows = await tx.instance.findMany({
    where: { clusterId, hypervisor: { in: [...kinds] } },
    select: {
      ...{ id: true, ownerId: true, operState: true, accelerator: true, machine: true },
      ...{ vcpus: true, memoryMiB: true, ...hvParamColumns },
      disks: { where: { lifecycle: 'ready' }, select: { id: true, index: true, mode: true } },
      nics: { select: { id: true, index: true } },
    },
    orderBy: { id: 'asc' },
  });
  const unknown = rows.filter(
    ({ operState, machine }) => machine === null && (operState === 'running' || operState === 'paused'),
  );
  const machines = unknown.flatMap(({ id, accelerator, vcpus, memoryMiB, disks, nics, ...row }) => {
    const parts = { accelerator, vcpus, memoryMiB, hvParams: resolvedParams(row), disks, nics };
    const machine = RunningMachine.safeParse(parts).data;
    return machine ? [{ id, machine }] : [];
  });
  await tx.$executeRaw`
    UPDATE "Instance" i SET machine = m.machine
    FROM jsonb_to_recordset(${JSON.stringify(machines)}::jsonb) AS m(id uuid, machine jsonb) WHERE i.id = m.id`;
  return rows.map(({ id, ownerId }) => ({ id, ownerId }));
}
