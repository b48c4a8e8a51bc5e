// What somebody should look at among instances and their mirrors.
import type { Finding } from '@/contract/schemas/cluster';
import { unfinishedJobStatuses } from '@/contract/states';
import { type AttemptedBy, mostRestarts } from '../db/attempts';
import type { Queryable } from '../db/client';
import { findingLimits } from './findings';

/** So often bringing mirrors up may fail before it is told. */
const mirrorAttempts = 3;

const byStatus = {
  errorDown: { severity: 'error', kind: 'instanceErrorDown' },
  nodeDown: { severity: 'error', kind: 'instanceNodeDown' },
  errorWrongNode: { severity: 'error', kind: 'instanceWrongNode' },
  errorUp: { severity: 'warning', kind: 'instanceErrorUp' },
} as const;

const ofNode = { select: { name: true } } as const;
const columns = {
  ...{ id: true, name: true, operDetail: true, node: ofNode, elsewhere: ofNode },
  attempts: { select: { watcher: true, count: true } },
} as const;
const order = { orderBy: { name: 'asc' }, take: findingLimits.most, select: columns } as const;
type Found = {
  id: string;
  name: string;
  operDetail: string | null;
  node: { name: string } | null;
  elsewhere: { name: string } | null;
  attempts: { watcher: string; count: number }[];
};

export async function findInstances(db: Queryable): Promise<Finding[]> {
  // While a job starts or stops an instance, what was asked and what runs differ: that is its work, not a finding.
  const worked = await db.job.findMany({
    where: { targetKind: 'instance', status: { in: [...unfinishedJobStatuses] } },
    select: { targetId: true },
  });
  const atRest = { id: { notIn: worked.map((job) => job.targetId) } };
  const found = Object.entries(byStatus).map(async ([status, { severity, kind }]) => {
    const where = status === 'nodeDown' ? { status } : { status, ...atRest };
    const rows = await db.instance.findMany({ where, ...order });
    return rows.map((row) => {
      const isGivenUp = status === 'errorDown' && attemptsOf(row, 'keep-running') >= mostRestarts;
      return onInstance(row, severity, isGivenUp ? 'instanceGivenUp' : kind);
    });
  });
  const orphans = await db.instance.findMany({ where: { ownerId: null }, ...order });
  return [
    ...(await Promise.all(found)).flat(),
    ...(await findMirrors(db)),
    ...orphans.map((row) => onInstance(row, 'warning', 'orphanInstance')),
  ];
}

async function findMirrors(db: Queryable): Promise<Finding[]> {
  const triedInVain = { watcher: 'keep-mirrored', count: { gte: mirrorAttempts } };
  const isSplit = { status: { path: ['splitBrain'], equals: true } };
  const [down, split] = await Promise.all([
    db.instance.findMany({ where: { attempts: { some: triedInVain } }, ...order }),
    db.instance.findMany({
      where: { disks: { some: { mirror: { sides: { some: isSplit } } } } },
      ...order,
    }),
  ]);
  return [
    ...split.map((row) => onInstance(row, 'error', 'splitBrain')),
    ...down.map((row) => onInstance(row, 'error', 'mirrorsDown')),
  ];
}

function attemptsOf({ attempts }: Found, watcher: AttemptedBy): number {
  return attempts.find((one) => one.watcher === watcher)?.count ?? 0;
}

/** Where it is certain by the states alone. */
function mendOf(kind: Finding['kind'], instanceId: string): Finding['mend'] {
  const params = { instanceId };
  if (kind === 'instanceErrorDown' || kind === 'instanceGivenUp')
    return { kind: 'operation', operation: 'instance.start', params };
  return kind === 'mirrorsDown' ? { kind: 'operation', operation: 'instance.activateDisks', params } : null;
}

function onInstance(row: Found, severity: Finding['severity'], kind: Finding['kind']): Finding {
  const { id, name, node, elsewhere, operDetail } = row;
  const watcher = kind === 'mirrorsDown' ? 'keep-mirrored' : 'keep-running';
  return {
    ...{ severity, kind, target: { kind: 'instance', id, name }, mend: mendOf(kind, id) },
    values: {
      ...{ node: node?.name ?? '', elsewhere: elsewhere?.name ?? '', detail: operDetail ?? '' },
      attempts: attemptsOf(row, watcher),
    },
  };
}
