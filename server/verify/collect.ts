// Reads the database and asks all nodes that are online, at once. What jobs worked on between the two reads is marked as busy: a difference there
// is no finding.
import { DiskParamsOverride, DiskTemplate, type NodeDisk, resolveDiskParams } from '@/contract/schemas/disk';
import { AppError, toErrorBody } from '@/contract/errors';
import { HypervisorKind } from '@/contract/hypervisor-kind';
import { AdminState, Lifecycle, NodeState, unfinishedJobStatuses } from '@/contract/states';
import { version } from '@/package.json';
import type { AgentClient } from '../agents/agent-client';
import type { Db } from '../db/client';
import { workedOn } from '../db/worked-on';
import { toNodeDisks } from '../operations/node-disks';
import { listPlaced, type PlacedInstance } from '../operations/placed-instance';
import { checkLedger } from '../quotas/check-ledger';
import { askNode } from './ask-node';
import type { NodeAnswer, Snapshot, VerifiedInstance } from './snapshot';

export type Collection = {
  db: Db;
  agents: Pick<AgentClient, 'call'>;
  clusterId: string;
  signal: AbortSignal;
};

export async function collect({ db, agents, clusterId, signal }: Collection): Promise<Snapshot> {
  const at = await readNow(db);
  const cluster = await readCluster(db, clusterId);
  const placed = await listPlaced(db, clusterId);
  const { name: clusterName } = cluster;
  const [nodes, discrepancies] = await Promise.all([
    Promise.all(
      cluster.nodes.map(async (row) => {
        const question = { agents, node: row, clusterName, mirrored: mirroredOn(placed, row.id), signal };
        const asked = row.state === 'online' ? askNode(question) : Promise.resolve(null);
        const { answer, problem } = await asked.then(
          (told) => ({ answer: told, problem: row.problem }),
          (error: unknown) => {
            signal.throwIfAborted();
            return { answer: null, problem: toErrorBody(error).message };
          },
        );
        const usualGroups = usualGroupsOf(cluster, row.group);
        return { ...row, state: NodeState.parse(row.state), usualGroups, answer, problem };
      }),
    ),
    checkLedger(db),
  ]);
  const answers = nodes.flatMap(({ answer }) => answer ?? []);
  return {
    ...{ at, version, nodes, instances: placed.map(toVerified) },
    cluster: {
      ...{ id: clusterId, name: clusterName, userShutdown: cluster.userShutdown },
      hypervisors: cluster.hypervisors.map((kind) => HypervisorKind.parse(kind)),
      diskTemplates: cluster.diskTemplates.map((template) => DiskTemplate.parse(template)),
    },
    ledger: discrepancies.filter((one) => one.clusterId === clusterId).length,
    known: await readKnown(db, answers),
    busyIds: await readBusy(db, clusterId, at),
  };
}

/** By the database's clock, which stamps the jobs too. */
async function readNow(db: Db): Promise<Date> {
  const [row] = await db.$queryRaw<{ now: Date }[]>`SELECT now() AS now`;
  return row?.now ?? new Date();
}

async function readCluster(db: Db, id: string) {
  const select = {
    ...{ name: true, hypervisors: true, diskTemplates: true, diskParams: true, userShutdown: true },
    nodes: {
      select: {
        ...{ id: true, name: true, address: true, clusterId: true, state: true, problem: true },
        certificateExpiresAt: true,
        group: { select: { id: true, clusterId: true, diskParams: true } },
      },
      orderBy: { name: 'asc' },
    },
  } as const;
  const cluster = await db.cluster.findUnique({ where: { id }, select });
  if (cluster) return cluster;
  throw new AppError('not_found', 'The cluster does not exist any more', { details: { clusterId: id } });
}

function usualGroupsOf(
  { diskParams, diskTemplates }: { diskParams: unknown; diskTemplates: string[] },
  group: { diskParams: unknown } | null,
): string[] {
  const overrides = [diskParams, group?.diskParams ?? {}].map((set) => DiskParamsOverride.parse(set));
  const { plain, drbd } = resolveDiskParams(...overrides);
  return [
    ...(diskTemplates.includes('plain') ? [plain.vg] : []),
    ...(diskTemplates.includes('drbd') ? [drbd.vg, drbd.metaVg] : []),
  ];
}

/** Those that are placed completely: of the others the database's own check tells. */
function mirroredOn(instances: PlacedInstance[], nodeId: string): NodeDisk[] {
  return instances
    .filter((one) => one.diskTemplate === 'drbd' && (one.nodeId === nodeId || one.secondaryId === nodeId))
    .flatMap((instance) => {
      try {
        return toNodeDisks(instance, nodeId);
      } catch (error) {
        if (error instanceof AppError) return [];
        throw error;
      }
    });
}

function toVerified(instance: PlacedInstance): VerifiedInstance {
  const { id, name, clusterId, nodeId, secondaryId, hypervisor, diskTemplate, disksActive } = instance;
  return {
    ...{ id, name, clusterId, nodeId, secondaryId, hypervisor, diskTemplate, disksActive },
    lifecycle: Lifecycle.parse(instance.lifecycle),
    adminState: AdminState.parse(instance.adminState),
    memoryMiB: instance.minMemoryMiB ?? instance.memoryMiB,
    disks: instance.disks.map(({ lifecycle, mirror, ...disk }) => ({
      ...{ id: disk.id, index: disk.index, sizeMiB: disk.sizeMiB, isReady: lifecycle === 'ready' },
      ...{ vg: disk.vg, metaVg: disk.metaVg, stripes: disk.stripes, sides: mirror?.sides ?? null },
    })),
    bridges: instance.nics.flatMap(({ link }) => link ?? []),
  };
}

async function readKnown(db: Db, answers: NodeAnswer[]): Promise<Snapshot['known']> {
  const named = answers.flatMap(({ instances, defined }) => [...(instances ?? []), ...defined]);
  const lying = answers.flatMap(({ volumes }) => (volumes ?? []).flatMap(({ diskId }) => diskId ?? []));
  const select = { id: true } as const;
  const [instances, disks] = await Promise.all([
    db.instance.findMany({ where: { id: { in: named.map(({ id }) => id) } }, select }),
    db.disk.findMany({ where: { id: { in: lying } }, select }),
  ]);
  return {
    instanceIds: new Set(instances.map(({ id }) => id)),
    diskIds: new Set(disks.map(({ id }) => id)),
  };
}

async function readBusy(db: Db, clusterId: string, since: Date): Promise<Set<string>> {
  const OR = [{ status: { in: [...unfinishedJobStatuses] } }, { endedAt: { gte: since } }];
  const jobs = await db.job.findMany({ where: { clusterId, OR }, select: { targetId: true, params: true } });
  return new Set(jobs.flatMap(workedOn));
}
