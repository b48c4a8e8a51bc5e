// Mirrors between the first two nodes of a lab, for the contract of mirrors and for tests that cut power and links.
import { setTimeout as sleep } from 'node:timers/promises';
import { sideOf, type MirrorFixture, type MirrorSide } from '@/agents/storage/testing/mirror-fixture';
import { makeMirrorPair } from '@/agents/testing/mirror-pair';
import type { NodeDisk } from '@/contract/schemas/disk';
import type { LabNode } from '../lab-node';
import type { StorageNode } from './storage-node';

/** As each of the two nodes is told of it. DRBD is patient here: a loaded machine answers late, a dead one shall be noticed soon. */
export function makeLabPair(
  nodes: readonly [LabNode, LabNode],
  ids: { instanceId: string; diskId: string; sizeMiB: number },
): [NodeDisk, NodeDisk] {
  const [one, two] = makeMirrorPair(ids);
  return [placed(one, nodes), placed(two, [nodes[1], nodes[0]])];
}

function placed(disk: NodeDisk, [local, peer]: readonly [LabNode, LabNode]): NodeDisk {
  const { spec } = disk;
  if (spec.template !== 'drbd') throw new Error('no mirror');
  const { mirror } = spec;
  const ends = {
    local: { ...mirror.local, address: local.lanAddress },
    peer: { ...mirror.peer, address: peer.lanAddress },
  };
  const options = { ...mirror.options, pingIntervalS: 3, pingTimeoutDs: 30, resyncRateKiB: 409_600 };
  return { ...disk, spec: { ...spec, mirror: { ...mirror, ...ends, options } } };
}

export const minorOf = ({ spec }: NodeDisk): number => (spec.template === 'drbd' ? spec.mirror.minor : -1);
export const deviceOf = (disk: NodeDisk): string => `/dev/drbd${minorOf(disk)}`;

export function labSide(server: () => StorageNode): MirrorSide {
  const run = (command: string) => server().node.run(command);
  return sideOf(() => server().drbd, {
    write: async (disk, text) => {
      await run(
        `printf %s '${text}' | dd of=${deviceOf(disk)} bs=4096 count=1 conv=sync iflag=fullblock oflag=direct status=none`,
      );
    },
    read: async (disk, length) =>
      (
        await run(`dd if=${deviceOf(disk)} bs=4096 count=1 iflag=direct status=none | head -c ${length}`)
      ).trimEnd(),
    deviceMiB: async (disk) => Number(await run(`cat /sys/class/block/drbd${minorOf(disk)}/size`)) / 2_048,
    restart: () => server().restart(),
    leftovers: async (disk) => {
      const found = await run(
        `ls -d /dev/corral/*${disk.diskId}* /sys/block/drbd${minorOf(disk)} 2>/dev/null; true`,
      );
      return found.split('\n').filter(Boolean);
    },
  });
}

export function labMirrors(servers: () => readonly [StorageNode, StorageNode]): MirrorFixture {
  const nodes = (): [LabNode, LabNode] => [servers()[0].node, servers()[1].node];
  return {
    sides: [labSide(() => servers()[0]), labSide(() => servers()[1])],
    newPair: async (ids) => makeLabPair(nodes(), ids),
    wait: () => sleep(100),
    close: async () => {},
  };
}
