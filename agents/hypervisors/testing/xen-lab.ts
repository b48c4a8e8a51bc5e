// The fixture of the hypervisor contract on a node that runs Xen. Its guests are the tiny OS; disks are in the volume group `corral`, NICs in br0.
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { agentDataFolder } from '@/contract/agent-install';
import type { InstanceDefinition } from '@/contract/agent-calls';
import type { XenKind } from '@/contract/hypervisor-kind';
import { resolveHvParams } from '@/contract/schemas/hv-kinds';
import { tinyGuest } from '../../os/testing/tiny-os';
import { createTinyOs } from '../../os/tiny';
import { run } from '../../tools/run';
import { destroyDomain, listDomains } from '../../tools/xl/xl';
import type { Hypervisor, StartRequest } from '../hypervisor';
import type { HypervisorFixture } from '../hypervisor-contract';
import { createXen } from '../xen';
import { findDomain } from '../xen-node';
import { asOtherNode, isElsewhere } from './xen-other-node';

const quiet = { log() {}, progress() {} };
/** A program that never ends in place of the first one: the kernel asks it to switch off in vain. */
const deaf = ' rdinit=/bin/sleep -- 1000000';

export async function openXenFixture(kind: XenKind): Promise<HypervisorFixture> {
  const [own, other] = [await makeStateFolder(), await makeStateFolder()];
  const tiny = createTinyOs(join(agentDataFolder, 'os', 'tiny'));
  await tiny.prepare(quiet);
  const start = async (definition: InstanceDefinition, more = ''): Promise<StartRequest> => {
    const boot = await tiny.boot(definition);
    if (boot.kind !== 'kernel') throw new Error('The tiny OS starts from a kernel');
    // Each letter on the serial line of an emulated PC in an emulated node takes milliseconds: there the kernel keeps quiet.
    const args = kind === 'xen-hvm' ? boot.args.replace('loglevel=6', 'loglevel=4') : boot.args;
    return { definition, boot: { ...boot, args: args + more }, disks: [], nics: [] };
  };
  return {
    createDriver: async () => driverOf(kind, own),
    listening: (name) => start(define(kind, name)),
    deaf: (name) => start(define(kind, name), deaf),
    withScreen: (name) => start(define(kind, name, { screen: true }), deaf),
    refused: async (name) => ({ ...(await start(define(kind, name))), nics: [nicIn('nobridge', 0)] }),
    async crash(id) {
      const domain = findDomain(await listDomains(), id);
      if (!domain) throw new Error('It has no domain');
      await destroyDomain(domain.domid, 'end a domain from outside');
    },
    guest: kind === 'xen-hvm' ? { ...tinyGuest, boots: /Corral tiny OS/ } : tinyGuest,
    leftovers: async () => [...(await readdir(own)), ...(await leftOnNode(false))],
    peer: async () => asOtherNode(driverOf(kind, other)),
    peerLeftovers: async () => [...(await readdir(other)), ...(await leftOnNode(true))],
    spareDisk: async (index) => ({ ...(await makeVolume()), index, isMirrored: false }),
    spareNic: async (index) => nicIn('br0', index),
    close: async () => {
      for (const folder of [own, other]) await rm(folder, { recursive: true });
    },
  };
}

const makeStateFolder = () => mkdtemp(join(agentDataFolder, 'contract-'));

function driverOf(kind: XenKind, stateFolder: string): Hypervisor {
  const driver = createXen({ stateFolder }).find((one) => one.kind === kind);
  if (!driver) throw new Error(`There is no driver for ${kind}`);
  return driver;
}

function define(kind: XenKind, name: string, params: { screen?: boolean } = {}): InstanceDefinition {
  return {
    ...{ id: randomUUID(), name, hypervisor: kind, os: { kind: 'tiny' }, vcpus: 1, memoryMiB: 128 },
    hvParams: resolveHvParams(kind, { cluster: {}, instance: params }),
    ...{ diskTemplate: 'diskless', disks: [], nics: [] },
  };
}

function nicIn(bridge: string, index: number) {
  const netdev = { type: 'bridge' as const, bridge };
  return { id: randomUUID(), index, mac: `52:54:00:00:00:0${index}`, netdev };
}

async function makeVolume(): Promise<{ id: string; path: string }> {
  const id = randomUUID();
  const argv = ['lvcreate', '-q', '-y', '-Wn', '-L8m', '-n', `spare-${id}`, 'corral'] as const;
  await run({ argv, doing: 'make a disk', timeoutMs: 60_000 });
  return { id, path: `/dev/corral/spare-${id}` };
}

/** Domains, their ends of NICs, and whatever moves domains. */
async function leftOnNode(elsewhere: boolean): Promise<string[]> {
  const domains = (await listDomains()).filter(
    ({ domid, name }) => domid !== 0 && isElsewhere(name) === elsewhere,
  );
  const { stdout } = await run({
    argv: ['ps', '-eo', 'args'],
    doing: 'list the processes',
    timeoutMs: 10_000,
  });
  const nics = (await readdir('/sys/class/net')).filter((name) => name.startsWith('vif'));
  const movers = stdout.split('\n').filter((line) => /^xl migrate/.test(line));
  return [...domains.map(({ name }) => name), ...nics, ...movers];
}
