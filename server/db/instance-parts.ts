// What an instance's view says of its disks, their mirrors, its parameters, and of what waits for its next start.
import { RunningMachine } from '@/contract/agent-live-calls';
import { mirrorSummary } from '@/contract/mirror-health';
import { DiskMode, type DiskTemplate } from '@/contract/schemas/disk';
import { HvParamsOverride, needsRestart, operatorHvParams } from '@/contract/schemas/hv-params';
import {
  DiskLifecycle,
  type InstanceDisk,
  type MirrorSideView,
  type PendingChange,
} from '@/contract/schemas/instance-parts';
import { NodeState, OperState } from '@/contract/states';
import type { Prisma } from './generated/client';
import { resolvedParams } from './hv-params';
import { parseMirrorStatus } from './mirror-status';
import { toTimestampOrNull } from './viewer';

export const diskColumns = {
  ...{ id: true, index: true, sizeMiB: true, name: true, mode: true, lifecycle: true, vg: true },
  mirror: {
    select: {
      sides: {
        select: {
          ...{ nodeId: true, status: true, seenAt: true },
          node: { select: { name: true, state: true, seenAt: true } },
        },
        orderBy: { end: 'asc' },
      },
    },
  },
} as const satisfies Prisma.DiskSelect;
type DiskRow = Prisma.DiskGetPayload<{ select: typeof diskColumns }>;

type Placed = {
  nodeId: string | null;
  secondaryId: string | null;
  diskTemplate: DiskTemplate;
  disksActive: boolean;
};

/** `showsNodes`: for those who may see them. */
export function diskView(
  row: DiskRow,
  instance: Placed,
  { showsNodes }: { showsNodes: boolean },
): InstanceDisk {
  const { id, index, sizeMiB, name } = row;
  const sides = sidesOf(row, instance);
  return {
    ...{ id, index, sizeMiB, name },
    mode: DiskMode.parse(row.mode),
    lifecycle: DiskLifecycle.parse(row.lifecycle),
    vg: showsNodes ? row.vg : null,
    mirror: instance.diskTemplate === 'drbd' ? mirrorSummary(sides, instance) : null,
    sides: showsNodes ? sides : [],
  };
}

/** Of the two nodes that the instance lies on; a side that is being made or cleared away elsewhere is none of them. */
function sidesOf({ mirror }: DiskRow, { nodeId, secondaryId }: Placed): MirrorSideView[] {
  return [nodeId, secondaryId].flatMap((id) => {
    const side = mirror?.sides.find((one) => one.nodeId === id);
    if (!side) return [];
    return {
      node: { id: side.nodeId, name: side.node.name },
      nodeState: NodeState.parse(side.node.state),
      isPrimaryNode: side.nodeId === nodeId,
      status: parseMirrorStatus(side.status),
      since: toTimestampOrNull(side.seenAt),
      seenAt: toTimestampOrNull(side.node.seenAt),
    };
  });
}

/** Without what names files and devices of nodes. */
export function ownersParams(params: HvParamsOverride): HvParamsOverride {
  const shown = Object.entries(params).filter(([key]) => !operatorHvParams.some((each) => each === key));
  return HvParamsOverride.parse(Object.fromEntries(shown));
}

type Configured = {
  hypervisor: string;
  operState: string;
  vcpus: number;
  memoryMiB: number;
  hvParams: unknown;
  machine: unknown;
  cluster: { hvParams: unknown };
  disks: { id: string; index: number; mode: string }[];
};

export function pendingChanges(row: Configured): PendingChange[] {
  const operState = OperState.parse(row.operState);
  const running = RunningMachine.safeParse(row.machine).data;
  if (!running || (operState !== 'running' && operState !== 'paused')) return [];
  const wanted = resolvedParams(row);
  const size = (['vcpus', 'memoryMiB'] as const)
    .filter((what) => running[what] !== row[what])
    .map((what) => ({ what, running: running[what], wanted: row[what] }));
  const params = needsRestart(running.hvParams, wanted);
  return [
    ...size,
    ...pendingModes(row, running),
    ...params.map((what) => ({ what, running: running.hvParams[what], wanted: wanted[what] })),
  ];
}

/** Of disks that were there when it was written down what the machine is made of; those that were plugged since are as wished for. */
function pendingModes({ disks }: Configured, running: RunningMachine): PendingChange[] {
  return disks.flatMap(({ id, index, mode: wanted }) => {
    const place = running.disks.find((one) => one.id === id);
    const mode = place?.mode ?? 'rw';
    return place && mode !== wanted
      ? [{ what: 'diskMode' as const, disk: index, running: mode, wanted }]
      : [];
  });
}
