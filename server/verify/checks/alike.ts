// What nodes of a cluster should have in common: hypervisors, DRBD, what can be installed.
import type { NodeFacts } from '@/contract/schemas/node';
import type { Check, Found, Snapshot } from '../snapshot';
import { answering, type AnsweringNode, isOn, targetNode } from './about';

export const checkAlike: Check = (snapshot) => {
  const nodes = answering(snapshot);
  return [
    ...nodes.flatMap((node) => judgeHypervisors(snapshot, node)),
    ...judgeVersions(nodes),
    ...judgeOses(nodes),
  ];
};

/** It has to have those of its instances, and at least one that new ones may use. */
function judgeHypervisors({ cluster, instances }: Snapshot, node: AnsweringNode): Found[] {
  const has = node.answer.facts.hypervisors.map(({ kind }) => kind);
  const used = instances.filter((instance) => isOn(instance, node.id)).map(({ hypervisor }) => hypervisor);
  const missing = new Set(used.filter((kind) => !has.includes(kind)));
  const wanted = cluster.hypervisors.some((kind) => has.includes(kind)) ? [] : cluster.hypervisors;
  const kinds = [...new Set([...missing, ...wanted])].join(', ');
  return kinds === '' ? [] : [{ meaning: 'hypervisorMissing', target: targetNode(node), values: { kinds } }];
}

/** The most frequent one is what the others are measured by. */
function judgeVersions(nodes: AnsweringNode[]): Found[] {
  const hypervisors = nodes.flatMap((node) =>
    node.answer.facts.hypervisors.map(({ kind, version }) => ({ node, kind, version })),
  );
  const kinds = [...new Set(hypervisors.map(({ kind }) => kind))];
  const drbd = nodes.flatMap((node) => {
    const version = node.answer.facts.checks?.find(({ code }) => code === 'drbd')?.version;
    return version ? [{ node, version }] : [];
  });
  return [
    ...kinds.flatMap((kind) =>
      unlike(hypervisors.filter((one) => one.kind === kind)).map(({ node, version, usual }): Found => ({
        ...{ meaning: 'hypervisorVersion', target: targetNode(node), subject: kind },
        values: { kind, version, usual },
      })),
    ),
    ...unlike(drbd).map(({ node, version, usual }): Found => ({
      ...{ meaning: 'drbdVersion', target: targetNode(node), values: { version, usual } },
    })),
  ];
}

type Versioned = { node: AnsweringNode; version: string };

function unlike(all: Versioned[]): (Versioned & { usual: string })[] {
  const count = (version: string) => all.filter((one) => one.version === version).length;
  const [usual] = all.map(({ version }) => version).sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1));
  if (usual === undefined) return [];
  return all.filter(({ version }) => version !== usual).map((one) => ({ ...one, usual }));
}

/** Each OS that some node offers, on those that do not, or not with the same variants. */
function judgeOses(nodes: AnsweringNode[]): Found[] {
  const names = [...new Set(nodes.flatMap(({ answer }) => [...offersOf(answer.facts).keys()]))];
  const broken = nodes.flatMap((node) =>
    (node.answer.facts.scripts ?? []).flatMap(({ name, problem }): Found[] =>
      problem === null
        ? []
        : [{ meaning: 'osInvalid', target: targetNode(node), subject: name, values: { os: name, problem } }],
    ),
  );
  const isBroken = (node: AnsweringNode, os: string) =>
    broken.some(({ target, subject }) => target.id === node.id && subject === os);
  return [
    ...broken,
    ...names.flatMap((os) => {
      const offers = nodes.map((node) => ({ node, version: offersOf(node.answer.facts).get(os) ?? '' }));
      const lacking = offers.filter(({ version }) => version === '');
      const others = unlike(offers.filter(({ version }) => version !== ''));
      return [...lacking, ...others]
        .filter(({ node }) => !isBroken(node, os))
        .map(({ node, version }): Found => ({
          ...{ meaning: 'osDiffers', target: targetNode(node), subject: os },
          values: { os, has: version === '' ? 'no' : 'other' },
        }));
    }),
  ];
}

/** By name, with what it can be installed as. One that a node is still preparing counts as offered. */
function offersOf({ oses, scripts = [] }: NodeFacts): Map<string, string> {
  return new Map([
    ...oses.filter(({ state }) => state !== 'failed').map(({ kind }) => [kind, 'any'] as const),
    ...scripts
      .filter(({ problem }) => problem === null)
      .map(({ name, variants }) => [name, `any ${[...variants].sort().join(' ')}`] as const),
  ]);
}
