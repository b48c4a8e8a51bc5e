import { expect, it } from 'vitest';
import { Observation, ObservedInstance } from './agent-calls';
import { NodeFacts, sayLimits } from './schemas/node';

const facts: NodeFacts = {
  ...{ agentVersion: '1', bootId: 'b', hostName: 'node1', kernel: '6', osName: 'Debian' },
  clock: '2026-01-01T00:00:00Z',
  cpu: { model: 'c', threads: 2, flags: [] },
  memory: { totalMiB: 16_384, freeMiB: 8_000 },
  pools: [{ kind: 'folder', name: '/data', totalMiB: 1_024, freeMiB: 512 }],
  replicationAddress: null,
  accelerator: { setting: 'auto', used: 'tcg', reason: '' },
  ...{ hypervisors: [], diskTemplates: [], bridges: [], oses: [], isos: [] },
};
const instance: ObservedInstance = {
  ...{ id: '11111111-1111-4111-8111-111111111111', name: 'web1', operState: 'crashed' },
  ...{ since: '2026-01-01T00:00:00Z', detail: 'It left no message.', accelerator: null },
  ...{ memoryMiB: null, migration: null },
};
const name = 'x'.repeat(sayLimits.name + 1);
const words = 'x'.repeat(sayLimits.words + 1);
const list = <T>(item: T) => Array.from({ length: sayLimits.listed + 1 }, () => item);

it.each<[string, object]>([
  ['its kernel', { kernel: name }],
  ['its CPU', { cpu: { ...facts.cpu, model: name } }],
  ['its pools', { pools: list(facts.pools[0]) }],
  ['the name of a pool', { pools: [{ ...facts.pools[0], name: words }] }],
  ['its accelerator', { accelerator: { ...facts.accelerator, reason: words } }],
  ['its bridges', { bridges: list('br0') }],
  ['the name of a bridge', { bridges: [name] }],
  ['its ISO files', { isos: list('debian.iso') }],
  ['an OS', { oses: [{ kind: 'tiny', state: 'failed', detail: words }] }],
])('does not listen to a node that says too much of %s', (_what, change) => {
  expect(NodeFacts.safeParse(facts).success).toBe(true);
  expect(NodeFacts.safeParse({ ...facts, ...change }).success).toBe(false);
});

it('does not listen to a node that says too much of its instances', () => {
  const snapshot = { kind: 'snapshot', at: facts.clock, facts, instances: [instance] };
  expect(Observation.safeParse(snapshot).success).toBe(true);
  expect(Observation.safeParse({ ...snapshot, instances: list(instance) }).success).toBe(false);
  expect(ObservedInstance.safeParse({ ...instance, name }).success).toBe(false);
  expect(ObservedInstance.safeParse({ ...instance, detail: words }).success).toBe(false);
});
