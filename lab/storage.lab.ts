// The real storage drivers in real nodes: the contracts of block devices and of mirrors.
import { afterAll, beforeAll } from 'vitest';
import { describeStorageContract } from '@/agents/storage/block-device-contract';
import { describeMirrorContract } from '@/agents/storage/mirror-contract';
import type { AdoptionFixture } from '@/agents/storage/testing/storage-fixture';
import type { AdoptedVolume, DiskSpec, NodeDisk } from '@/contract/schemas/disk';
import { startLab, type Lab } from './lab';
import { labMirrors, makeLabPair } from './testing/lab-mirrors';
import { serveStorage, type StorageNode } from './testing/storage-node';

let lab: Lab;
let servers: [StorageNode, StorageNode];

beforeAll(async () => {
  lab = await startLab({ nodes: 2 });
  servers = [await serveStorage(lab.node(1)), await serveStorage(lab.node(2))];
});
afterAll(() => lab.close());

const readBytes = async (path: string, bytes: number, offset = 0) => {
  const { node } = servers[0];
  const text = await node.run(
    `dd if=${path} bs=4096 skip=${offset} count=${bytes} iflag=direct,skip_bytes,count_bytes status=none | base64 -w0`,
  );
  return Buffer.from(text, 'base64');
};

/** A volume with somebody's old data, that says it is still to be wiped. */
const leaveHalfDone = async ({ diskId, instanceId, sizeMiB }: NodeDisk) => {
  const tags = [`corral.disk=${diskId}`, `corral.instance=${instanceId}`, 'corral.new'];
  const kind = 'corral.plain';
  await servers[0].node.run(
    `lvcreate -y -Wn -Zn -L${sizeMiB}m ${[...tags, kind].map((tag) => `--addtag ${tag}`).join(' ')} -n disk-${diskId} corral && yes | dd of=/dev/corral/disk-${diskId} bs=1M count=1 iflag=fullblock oflag=direct status=none`,
  );
};

const write = async (path: string, text: string) => {
  await servers[0].node.run(`printf %s '${text}' | dd of=${path} conv=notrunc,fsync status=none`);
};

/** Tagged for the next instance, and still for the one before. */
const leaveHalfGiven = async ({ diskId }: NodeDisk, toInstanceId: string) => {
  await servers[0].node.run(
    `lvchange --addtag corral.instance=${toInstanceId} $(lvs --noheadings -o vg_name,lv_name --separator / @corral.disk=${diskId} | head -1)`,
  );
};

const volumeText = ({ vg, name }: AdoptedVolume) => `${vg}/${name}`;
const inNode = (command: string) => servers[0].node.run(command);

const adoption: AdoptionFixture = {
  make: async (name, sizeMiB) => {
    await inNode(`lvcreate -y -Wn -Zn -L${sizeMiB}m -n ${name} corral`);
    await write(`/dev/corral/${name}`, 'theirs');
    return { vg: 'corral', name };
  },
  hold: async (volume) => {
    const path = `/dev/${volumeText(volume)}`;
    await inNode(`dmsetup create held --table "0 $(blockdev --getsz ${path}) linear ${path} 0"`);
    return async () => void (await inNode('dmsetup remove held'));
  },
  volumeOf: ({ diskId }) => ({ vg: 'corral', name: `disk-${diskId}` }),
  isThere: async (volume) => {
    const named = await inNode(
      `lvs --noheadings -o lv_name,lv_tags --select lv_name=${volume.name} ${volume.vg}`,
    );
    return named.trim() === volume.name;
  },
  remove: async (volume) => void (await inNode(`lvremove -y ${volumeText(volume)}`)),
  leaveHalfAdopted: async ({ diskId, instanceId }, volume) => {
    const tags = [`corral.disk=${diskId}`, `corral.instance=${instanceId}`, 'corral.plain'];
    await inNode(`lvchange ${tags.map((tag) => `--addtag ${tag}`).join(' ')} ${volumeText(volume)}`);
  },
};

const patient = { timeoutMs: 300_000 };

const plain = async () => ({
  newSpec: (): DiskSpec => ({ template: 'plain', vg: 'corral', stripes: 1 }),
  createDriver: async () => {
    await servers[0].restart();
    return servers[0].plain;
  },
  readBytes,
  write,
  leaveHalfGiven,
  adoption,
  leaveHalfDone,
  close: async () => {},
});

const drbd = async () => ({
  newSpec: () => {
    const ids = { instanceId: '', diskId: '', sizeMiB: 1 };
    return makeLabPair([servers[0].node, servers[1].node], ids)[0].spec;
  },
  createDriver: async () => {
    await servers[0].restart();
    return servers[0].drbd;
  },
  ...{ readBytes: null, write: null },
  leaveHalfGiven,
  ...{ leaveHalfDone: null, adoption: null },
  close: async () => {},
});

describeStorageContract('plain, on a real volume group', plain, patient);
describeStorageContract('drbd, on a real volume group', drbd, patient);
describeMirrorContract('drbd, between real nodes', async () => labMirrors(() => servers), patient);
