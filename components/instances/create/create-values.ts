// The create form's values: what it starts with, and how a choice changes the others.
import { type HypervisorKind, isXen } from '@/contract/hypervisor-kind';
import { offersTiny } from '@/contract/schemas/node';
import type { CreateOffer } from '@/contract/schemas/cluster';
import { type DiskTemplate } from '@/contract/schemas/disk';
import { imageDiskMiB } from '@/contract/schemas/image';
import { whyNoScript, type ScriptOffer } from '@/contract/schemas/os-script';
import {
  tinyMinMemoryMiB,
  type InstanceCreateInput,
  type NicCreate,
  type OsChoice,
} from '@/contract/schemas/instance';

const firstDiskMiB = 10 * 1024;
const tinyDiskMiB = 1024;
const memoryMiB = 1024;
const tinyMemoryMiB = 256;

export function firstValues(whole: CreateOffer): InstanceCreateInput {
  const [hypervisor = 'kvm'] = whole.hypervisors;
  const offer = offerFor(whole, hypervisor);
  const os = firstOs(offer);
  const isTiny = os.kind === 'tiny';
  const diskTemplate = blockTemplateOf(offer);
  return {
    name: '',
    clusterId: offer.cluster.id,
    hypervisor,
    os,
    vcpus: 1,
    memoryMiB: Math.max(isTiny ? tinyMemoryMiB : memoryMiB, isTiny ? tinyMinMemoryMiB : 0),
    diskTemplate,
    disks: diskTemplate === 'diskless' ? [] : [{ sizeMiB: isTiny ? tinyDiskMiB : firstDiskMiB }],
    nics: firstNics(offer),
    start: true,
    exceedQuota: false,
  };
}

/** The values on another cluster: what it does not offer falls back to what it does. */
export function valuesOnCluster(values: InstanceCreateInput, offer: CreateOffer): InstanceCreateInput {
  const first = firstValues(offer);
  const isThere = values.hypervisor && offer.hypervisors.includes(values.hypervisor);
  const hypervisor = (isThere && values.hypervisor) || (first.hypervisor ?? 'kvm');
  return {
    ...values,
    clusterId: offer.cluster.id,
    nodeId: undefined,
    secondaryId: undefined,
    hypervisor,
    os: isOffered(values.os, offer) ? values.os : first.os,
    diskTemplate: offer.diskTemplates.includes(values.diskTemplate)
      ? values.diskTemplate
      : first.diskTemplate,
    nics: nicsOn(values.nics, offerFor(offer, hypervisor)),
  };
}

/** Of what a cluster offers, what an instance of this hypervisor can have. */
export function offerFor(offer: CreateOffer, hypervisor: HypervisorKind): CreateOffer {
  return isXen(hypervisor) ? { ...offer, userNetwork: false } : offer;
}

/** Networks that are not offered give way to one that is. */
export function nicsOn(nics: readonly NicCreate[], offer: CreateOffer): NicCreate[] {
  return nics.flatMap((nic) => (isNetworkOffered(nic, offer) ? [nic] : firstNics(offer)));
}

/** How the disks are stored follows from whether there are any; without `diskless` on offer the schema asks for a disk. */
export function withDiskTemplate(values: InstanceCreateInput, offer: CreateOffer): InstanceCreateInput {
  if (values.disks.length === 0)
    return offer.diskTemplates.includes('diskless') ? { ...values, diskTemplate: 'diskless' } : values;
  return values.diskTemplate === 'diskless' ? { ...values, diskTemplate: blockTemplateOf(offer) } : values;
}

/** One NIC on what is offered, none where nothing is. */
export function firstNics({ userNetwork, bridges: [link] }: CreateOffer): NicCreate[] {
  if (userNetwork) return [{ mode: 'user' }];
  return link ? [{ mode: 'bridged', link }] : [];
}

/** What scripts can install on the chosen node, or wherever it is placed. */
export function scriptsOn(offer: CreateOffer, nodeId: string | undefined): ScriptOffer[] {
  return offer.nodes?.find(({ id }) => id === nodeId)?.scripts ?? offer.scripts;
}

/** What the first disk has to have; 0 where nothing is known of that. */
export function leastDiskMiB(os: OsChoice, { images }: CreateOffer): number {
  const image = os.kind === 'image' && images.find(({ id }) => id === os.imageId);
  return image ? imageDiskMiB(image) : 0;
}

function isNetworkOffered(nic: NicCreate, { userNetwork, bridges }: CreateOffer): boolean {
  return nic.mode === 'user' ? userNetwork : bridges.includes(nic.link);
}

function firstOs(offer: CreateOffer): OsChoice {
  const [iso] = offer.isos;
  if (offersTiny(offer.oses)) return { kind: 'tiny' };
  return iso ? { kind: 'iso', iso } : { kind: 'none' };
}

function isOffered(os: OsChoice, offer: CreateOffer): boolean {
  if (os.kind === 'tiny') return offersTiny(offer.oses);
  if (os.kind === 'iso') return offer.isos.includes(os.iso);
  if (os.kind === 'image') return offer.images.some(({ id }) => id === os.imageId);
  return os.kind === 'none' || whyNoScript(os, offer.scripts) === null;
}

function blockTemplateOf(offer: CreateOffer): DiskTemplate {
  return offer.diskTemplates.find((template) => template !== 'diskless') ?? 'diskless';
}
