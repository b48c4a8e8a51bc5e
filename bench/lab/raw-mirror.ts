// What bare machines of both hypervisors have in common: a mirrored disk made by hand, with lvcreate, drbdmeta and drbdsetup, in one bash script
// per node and stage.
import type { LabNode } from '@/lab/lab-node';

export type Pair = readonly [LabNode, LabNode];

export type RawLimits = { bandwidthMiBs: number; downtimeMs: number };

/** A machine that is made and moved with bare commands, like the product's own that it was read from. All answer milliseconds. */
export type RawMachine = {
  /** Until it runs, its disk included. The first node becomes its primary one. */
  create(nodes: Pair, sizeMiB: number): Promise<number>;
  /** Right after that: until its guest has found its disk. Only where the product waits for it, too. */
  untilFound?(node: LabNode): Promise<number>;
  /** From the first step to the last, when it runs on the second node alone. */
  migrate(way: Pair, how: { limits: RawLimits; isEncrypted: boolean }): Promise<number>;
  /** Until it runs on the node, whose peer is lost. */
  failover(node: LabNode): Promise<number>;
  /** Whatever of it is there. */
  remove(nodes: readonly LabNode[]): Promise<void>;
};

/** `fromRam`: what it boots needs nothing of its disk. */
export type ReadRaw = (
  node: LabNode,
  instanceId: string,
  options?: { fromRam?: boolean },
) => Promise<RawMachine>;

export const rawMac = 'aa:00:00:00:09:00';
export const rawUuid = '00000000-0000-4000-8000-000000000900';
export const migrationPort = 15_901;

const minor = 900;
const port = 15_900;
const resource = 'bench';
export const rawDevice = `/dev/drbd${minor}`;

/** On both nodes at once: volumes, wiped as the product wipes them, metadata, the device, its connection. */
const makeSide = (sizeMiB: number, [own, peer]: Pair) => `
set -e
lvcreate -q -q -y -Wn -Zn -L ${sizeMiB}M -n ${resource} corral
lvcreate -q -q -y -Wn -Zy -L 128M -n ${resource}.meta corral
blkdiscard --zeroout /dev/corral/${resource}
drbdmeta --force ${minor} v08 /dev/corral/${resource}.meta flex-external create-md >/dev/null 2>&1
drbdsetup new-resource ${resource}
drbdsetup new-minor ${resource} ${minor} 0
drbdsetup attach ${minor} /dev/corral/${resource} /dev/corral/${resource}.meta flexible --on-io-error=detach
drbdsetup connect ${resource} ${addresses(own, peer)} --protocol=C --cram-hmac-alg=sha256 --shared-secret=bench --ping-int=10 --ping-timeout=20 --connect-int=3
`;

const addresses = (own: LabNode, peer: LabNode) =>
  `ipv4:${own.lanAddress}:${port} ipv4:${peer.lanAddress}:${port}`;

/** To be followed by what the primary side does next. */
export const settle = `
until drbdsetup status ${resource} | grep -q 'peer-disk:'; do sleep 0.05; done
drbdsetup new-current-uuid --clear-bitmap ${minor}
drbdsetup primary ${minor}
`;

export const becomePrimary = `drbdsetup primary ${minor}`;
export const becomeSecondary = `until drbdsetup secondary ${minor} 2>/dev/null; do sleep 0.05; done`;

export async function makeSides([one, two]: Pair, sizeMiB: number): Promise<void> {
  await Promise.all([one.run(makeSide(sizeMiB, [one, two])), two.run(makeSide(sizeMiB, [two, one]))]);
}

export async function allowTwoPrimaries([one, two]: Pair, allowed: 'yes' | 'no'): Promise<void> {
  const allow = (own: LabNode, peer: LabNode) =>
    own.run(`drbdsetup net-options ${addresses(own, peer)} --allow-two-primaries=${allowed}`);
  await Promise.all([allow(one, two), allow(two, one)]);
}

export const removeSide = `
drbdsetup down ${resource} 2>/dev/null
lvremove -q -q -f corral/${resource} corral/${resource}.meta 2>/dev/null
`;

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}
