import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NodeFacts } from '@/contract/schemas/node';
import { ok } from './checks/check';
import { parseCpu, parseMemory, parseOsName, readNodeFacts } from './node-facts';
import { createRealDrivers } from './real-drivers';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'facts-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

test('tells of this very machine what the contract wants to know', async () => {
  const drivers = await createRealDrivers({ dataDir });
  await writeFile(join(dataDir, 'iso', 'debian.iso'), '');
  const readChecks = () => Promise.resolve([ok('name', 'The name is known.')]);
  const request = { agentVersion: '1.2.3', drivers, replicationAddress: '10.77.0.2', readChecks };
  const facts = NodeFacts.parse(await readNodeFacts(request));
  expect(facts).toMatchObject({
    agentVersion: '1.2.3',
    replicationAddress: '10.77.0.2',
    checks: [{ code: 'name', state: 'ok' }],
    isos: ['debian.iso'],
    diskTemplates: ['diskless', 'file'],
    hypervisors: [{ kind: 'kvm', version: expect.stringMatching(/^\d+\.\d+/) }],
    oses: [
      { kind: 'tiny', state: 'preparing' },
      { kind: 'image', state: 'preparing' },
      { kind: 'none', state: 'ready' },
    ],
  });
  expect(facts.memory.totalMiB).toBeGreaterThan(facts.memory.freeMiB);
  expect(facts.pools).toContainEqual(
    expect.objectContaining({ kind: 'folder', name: join(dataDir, 'disks') }),
  );
  expect(facts.cpu.threads).toBeGreaterThan(0);
  for (const hypervisor of drivers.hypervisors) await hypervisor.close();
});

test('reads memory as available, not as free', () => {
  const meminfo = 'MemTotal:       24684300 kB\nMemFree:          100000 kB\nMemAvailable:   24334712 kB\n';
  expect(parseMemory(meminfo)).toEqual({ totalMiB: 24105, freeMiB: 23764 });
});

test('counts threads and keeps only the flags that matter', () => {
  const cpuinfo = 'processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu svm aes avx2x\n\nprocessor\t: 1\n';
  expect(parseCpu(cpuinfo)).toEqual({ model: 'Some CPU', threads: 2, flags: ['svm', 'aes'] });
  expect(parseCpu('')).toEqual({ model: 'unknown', threads: 0, flags: [] });
});

test('takes the name of the operating system with or without quotes', () => {
  expect(parseOsName('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n')).toBe(
    'Debian GNU/Linux 12 (bookworm)',
  );
  expect(parseOsName('PRETTY_NAME=Void\n')).toBe('Void');
  expect(parseOsName('')).toBe('Linux');
});
