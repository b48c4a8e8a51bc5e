// Whether a cluster has what a new instance asks for, before anything is accepted. Room is not judged here: that is placement, when the job runs.
import { AppError } from '@/contract/errors';
import { fieldMessages } from '@/contract/field-messages';
import { contradictionsIn, type StartOverrides } from '@/contract/schemas/hv-params';
import { type InstanceCreate, type OsChoice, scriptOf } from '@/contract/schemas/instance';
import { offersImages, offersTiny, type NodeFacts } from '@/contract/schemas/node';
import { fullScriptName, type ScriptChoice, whyNoScript } from '@/contract/schemas/os-script';
import type { Actor } from '../auth/actor';
import type { Tx } from '../db/client';
import { hvParamColumns, resolvedParams } from '../db/hv-params';
import { parseFacts } from '../db/nodes';
import { isOperator } from '../db/viewer';
import { invalidField } from './invalid-field';

/** Throws what the form can show beside the field that asks for too much. */
export async function requireOffer(tx: Tx, wish: InstanceCreate, actor: Actor): Promise<void> {
  const cluster = await tx.cluster.findUniqueOrThrow({ where: { id: wish.clusterId } });
  if (!cluster.hypervisors.includes(wish.hypervisor))
    throw invalidField(['hypervisor'], `Cluster ${cluster.name} does not offer ${wish.hypervisor}.`);
  if (!cluster.diskTemplates.includes(wish.diskTemplate))
    throw invalidField(
      ['diskTemplate'],
      `Cluster ${cluster.name} does not offer ${wish.diskTemplate} disks.`,
    );
  if (!isOperator(actor)) requireNetworks(cluster, wish);
  const nodes = await tx.node.findMany({
    where: { clusterId: wish.clusterId, id: wish.nodeId },
    select: { state: true, facts: true },
  });
  if (wish.nodeId && nodes.length === 0)
    throw invalidField(['nodeId'], `This node is not in cluster ${cluster.name}.`);
  const online = nodes
    .filter((node) => node.state === 'online')
    .flatMap((node) => parseFacts(node.facts) ?? []);
  if (online.length === 0)
    throw new AppError(
      'no_resources',
      wish.nodeId ? 'The chosen node is not online' : `No node of cluster ${cluster.name} is online`,
    );
  requireOs(online, wish.os);
  requireBridges(online, wish);
  requireBuildable(cluster.hvParams, wish);
}

/** With what the cluster sets for its machines. */
function requireBuildable(
  clusterHvParams: unknown,
  { hypervisor, vcpus, disks, diskTemplate }: InstanceCreate,
): void {
  const params = resolvedParams({ hypervisor, hvParams: {}, cluster: { hvParams: clusterHvParams } });
  const machine = { vcpus, disks: disks.length, isMirrored: diskTemplate === 'drbd' };
  const [found] = contradictionsIn(params, machine);
  if (found) throw invalidField(['disks'], found.words);
}

/** Before anything is said of nodes: which bridges they have is not for customers to find out. */
export function requireNetworks(
  { name, bridges, userNetwork }: { name: string; bridges: string[]; userNetwork: boolean },
  { nics }: Pick<InstanceCreate, 'nics'>,
): void {
  const offers = [...(userNetwork ? ['the user network'] : []), ...bridges.map((link) => `bridge ${link}`)];
  const offered = offers.length > 0 ? `It offers ${offers.join(', ')}.` : 'It offers no network.';
  nics.forEach((nic, index) => {
    if (nic.mode === 'user' && !userNetwork)
      throw invalidField(
        ['nics', index, 'mode'],
        `Cluster ${name} does not offer the user network. ${offered}`,
      );
    if (nic.mode === 'bridged' && !bridges.includes(nic.link))
      throw invalidField(
        ['nics', index, 'link'],
        `Cluster ${name} does not offer bridge ${nic.link}. ${offered}`,
      );
  });
}

/** The same for the OS of an instance that is there, on the node where it is. */
export async function requireOsOn(
  tx: Tx,
  { instanceId, os }: { instanceId: string; os: OsChoice },
): Promise<void> {
  const instance = await tx.instance.findUniqueOrThrow({
    where: { id: instanceId },
    select: { node: { select: { facts: true } } },
  });
  const facts = parseFacts(instance.node?.facts);
  requireOs(facts ? [facts] : [], os);
}

/** What is wished for one start only, on the node where it is. */
export async function requireOnce(
  tx: Tx,
  { instanceId, once }: { instanceId: string; once: StartOverrides },
): Promise<void> {
  const instance = await tx.instance.findUniqueOrThrow({
    where: { id: instanceId },
    select: {
      ...hvParamColumns,
      node: { select: { name: true, facts: true } },
    },
  });
  const { kernelPath } = { ...resolvedParams(instance), ...once };
  const belongToKernel = [once.initrdPath ?? undefined, once.kernelArgs, once.rootPath];
  if (kernelPath === null && belongToKernel.some((value) => value !== undefined))
    throw invalidField(['once', 'kernelPath'], fieldMessages.kernelMissing);
  const { cdrom } = once;
  if (cdrom && !parseFacts(instance.node?.facts)?.isos.includes(cdrom))
    throw invalidField(['once', 'cdrom'], `The node of this instance does not have ${cdrom}.`);
}

function requireOs(online: NodeFacts[], os: OsChoice): void {
  if (os.kind === 'iso' && !online.some((facts) => facts.isos.includes(os.iso)))
    throw invalidField(['os', 'iso'], `No node that is online has ${os.iso}.`);
  if (os.kind === 'tiny' && !online.some((facts) => offersTiny(facts.oses)))
    throw invalidField(['os', 'kind'], fieldMessages.tinyNowhere);
  const script = scriptOf(os);
  if (os.kind === 'image' && !script && !online.some((facts) => offersImages(facts.oses)))
    throw invalidField(['os', 'kind'], fieldMessages.imageNowhere);
  if (script) requireScript(online, script);
}

/** Without the reasons of nodes, which are not for customers to know. */
function requireScript(online: NodeFacts[], os: ScriptChoice): void {
  if (online.some((facts) => whyNoScript(os, facts.scripts ?? []) === null)) return;
  const name = fullScriptName(os);
  const isThere = online.some((facts) => whyNoScript({ ...os, params: {} }, facts.scripts ?? []) === null);
  if (!isThere) throw invalidField(['os'], `No node that is online can install ${name}.`);
  const given = Object.keys(os.params).join(', ');
  throw invalidField(['os'], `No node that is online can install ${name} with the parameters ${given}.`);
}

function requireBridges(online: NodeFacts[], { nics }: InstanceCreate): void {
  const offered = new Set(online.flatMap((facts) => facts.bridges));
  nics.forEach((nic, index) => {
    if (nic.mode === 'bridged' && !offered.has(nic.link))
      throw invalidField(['nics', index, 'link'], `No node that is online has the bridge ${nic.link}.`);
  });
}
