// Whether each node answers and has what it is used for.
import type { Check, Found, NodeAnswer, Snapshot, VerifiedNode } from '../snapshot';
import { answering, type AnsweringNode, isOn, targetNode } from './about';

export const nodeLimits = {
  /** Beyond what the call itself took. */
  clockSkewMs: 150_000,
  /** A node's certificate is renewed when thirty days are left. */
  certificateDays: { error: 7, warning: 25 },
} as const;

const dayMs = 86_400_000;

export const checkNodes: Check = (snapshot) => [
  ...snapshot.nodes.flatMap((node) => [...judgeSilence(node), ...judgeCertificate(snapshot, node)]),
  ...answering(snapshot).flatMap((node) => [
    ...judgeProblems(node),
    ...judgeSetUp(node),
    ...judgeVersion(snapshot, node),
    ...judgeClock(node),
    ...judgeGroups(snapshot, node),
    ...judgeBridges(snapshot, node),
  ]),
];

function judgeSilence(node: VerifiedNode): Found[] {
  if (node.answer || (node.state !== 'online' && node.state !== 'unreachable')) return [];
  return [{ meaning: 'nodeSilent', target: targetNode(node), values: { problem: node.problem ?? '' } }];
}

function judgeCertificate({ at }: Snapshot, node: VerifiedNode): Found[] {
  if (!node.certificateExpiresAt || node.state === 'offline') return [];
  const days = Math.floor((node.certificateExpiresAt.getTime() - at.getTime()) / dayMs);
  const { error, warning } = nodeLimits.certificateDays;
  if (days > warning) return [];
  const meaning = days <= error ? 'certificateEnds' : 'certificateEndsSoon';
  return [{ meaning, target: targetNode(node), values: { days } }];
}

const unread = {
  instances: 'instancesUnread',
  volumes: 'volumesUnread',
  mirrors: 'mirrorsUnread',
  hooks: 'hookFailed',
} as const;

function judgeProblems(node: AnsweringNode): Found[] {
  const { problems, hooks } = node.answer;
  const target = targetNode(node);
  const parts = ['instances', 'volumes', 'mirrors', 'hooks'] as const;
  return [
    ...parts.flatMap((part): Found[] => {
      const detail = problems[part];
      return detail === undefined ? [] : [{ meaning: unread[part], target, values: { script: '', detail } }];
    }),
    ...hooks.map(({ script, said }): Found => ({
      ...{ meaning: 'hookFailed', target, subject: script, values: { script, detail: said } },
    })),
  ];
}

/** What has a code of its own: judged among what nodes have in common. */
const elsewhere = ['drbd-helper', 'volume-group'];

function judgeSetUp(node: AnsweringNode): Found[] {
  const checks = (node.answer.facts.checks ?? []).filter(({ state }) => state === 'missing');
  const target = targetNode(node);
  return checks.flatMap(({ code, says, mend }): Found[] => {
    const values = { says, mend: mend ?? '' };
    if (code === 'drbd-helper') return [{ meaning: 'drbdHelper', target, values }];
    return elsewhere.includes(code) ? [] : [{ meaning: 'setUp', target, subject: code, values }];
  });
}

function judgeVersion({ version }: Snapshot, node: AnsweringNode): Found[] {
  const { agentVersion } = node.answer.facts;
  if (agentVersion === version) return [];
  return [{ meaning: 'agentVersion', target: targetNode(node), values: { agentVersion, version } }];
}

function judgeClock(node: AnsweringNode): Found[] {
  const skewMs = skewOf(node.answer);
  if (skewMs <= nodeLimits.clockSkewMs) return [];
  return [
    {
      ...{ meaning: 'clockSkew', target: targetNode(node), values: { seconds: Math.round(skewMs / 1_000) } },
      mend: { kind: 'command', node: node.name, text: 'timedatectl set-ntp true' },
    },
  ];
}

function skewOf({ facts, asked }: NodeAnswer): number {
  const clock = Date.parse(facts.clock);
  return Math.max(0, asked.from.getTime() - clock, clock - asked.until.getTime());
}

/** Those in which it has disks, and those in which the next one would be made. */
function judgeGroups({ cluster, instances }: Snapshot, node: AnsweringNode): Found[] {
  const { facts } = node.answer;
  const has = new Set(facts.pools.filter(({ kind }) => kind === 'vg').map(({ name }) => name));
  const isMade = (['plain', 'drbd'] as const).some(
    (template) => cluster.diskTemplates.includes(template) && facts.diskTemplates.includes(template),
  );
  const used = instances
    .filter((instance) => isOn(instance, node.id))
    .flatMap(({ disks }) => disks.flatMap(({ vg, metaVg }) => [vg, metaVg]));
  const wanted = new Set([...used.filter((vg) => vg !== null), ...(isMade ? node.usualGroups : [])]);
  return [...wanted]
    .filter((vg) => !has.has(vg))
    .map((vg) => ({ meaning: 'groupMissing', target: targetNode(node), subject: vg, values: { vg } }));
}

function judgeBridges({ instances }: Snapshot, node: AnsweringNode): Found[] {
  const has = new Set(node.answer.facts.bridges);
  const placed = instances.filter((instance) => isOn(instance, node.id));
  const wanted = new Set(placed.flatMap(({ bridges }) => bridges));
  return [...wanted]
    .filter((bridge) => !has.has(bridge))
    .map((bridge) => ({
      ...{ meaning: 'bridgeMissing', target: targetNode(node), subject: bridge },
      values: { bridge, count: placed.filter(({ bridges }) => bridges.includes(bridge)).length },
    }));
}
