// The install script at work: what it downloads, checks, writes and starts, with the real agent.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startControlPlane, type StubControlPlane } from '@/agents/testing/control-plane';
import { api } from '@/contract/paths';
import { bundleOptions, programs } from '@/tools/build/bundles.mjs';
import { installScript } from './script';
import { canMount, makeMachine, type Machine } from './testing/machine';

const dataFolder = '/var/lib/corral/agent';
const identityFile = `${dataFolder}/identity.json`;
const slow = 120_000;

let folder: string;
let control: StubControlPlane;
let script: string;
let machine: Machine;

const hashOf = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');

async function scriptFor(bundleFile: string): Promise<string> {
  control.offer(api.agentBundle(), bundleFile);
  control.offer(api.agentRuntime(), process.execPath);
  const describe = async (file: string) => ({
    path: file,
    sizeBytes: 0,
    sha256: hashOf(await readFile(file)),
  });
  return installScript({
    url: control.url,
    bundle: await describe(bundleFile),
    runtime: await describe(process.execPath),
  });
}

describe.skipIf(!canMount)('the install script (needs root and mount namespaces)', () => {
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'corral-install-'));
    const agent = programs.find(({ output }) => output === 'agent.mjs');
    if (!agent) throw new Error('no agent');
    await build({ ...bundleOptions(process.cwd(), agent), outfile: path.join(folder, 'agent.mjs') });
    control = await startControlPlane();
    script = await scriptFor(path.join(folder, 'agent.mjs'));
  }, slow);
  beforeEach(async () => {
    control.offer(api.agentBundle(), path.join(folder, 'agent.mjs'));
    machine = await makeMachine();
  });
  afterEach(() => machine.remove());
  afterAll(async () => {
    await control.close();
    await rm(folder, { recursive: true });
  });

  const options = {
    CORRAL_LISTEN: '127.0.0.1:0',
    CORRAL_ADVERTISE: 'node1.test:4301',
    CORRAL_NODE_NAME: 'node1',
  };
  const join = (more: Record<string, string> = {}) =>
    machine.run(script, { env: { ...options, CORRAL_JOIN_TOKEN: control.makeToken(), ...more } });

  it('makes the machine a node, and keeps no token', { timeout: slow }, async () => {
    const { code, output } = await join();
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/has joined http/) });
    expect(control.joined.at(-1)).toMatchObject({ name: 'node1', address: 'node1.test:4301' });
    expect(await machine.read(`${dataFolder}/join-token`)).toBeNull();
    expect(await machine.read(identityFile)).toContain(control.joined.at(-1)?.nodeId);
    expect(await machine.asked()).toContain('apt-get -qy install --no-install-recommends lvm2 drbd-utils');
  });

  it(
    'upgrades the agent when it is run again without a token, as it was set up',
    { timeout: slow },
    async () => {
      await join();
      const before = control.joined.length;
      const newer = path.join(folder, 'newer.mjs');
      await writeFile(newer, `${await readFile(path.join(folder, 'agent.mjs'), 'utf8')}\n// newer\n`);
      const { code, output } = await machine.run(await scriptFor(newer), { args: ['--no-packages'] });
      expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('is node') });
      expect(output).not.toContain(api.agentRuntime());
      expect(await machine.read('/opt/corral/agent/agent.mjs')).toMatch(/\/\/ newer\n$/);
      expect(await machine.read('/etc/default/corral-agent')).toContain('CORRAL_ADVERTISE=node1.test:4301\n');
      expect(control.joined).toHaveLength(before);
    },
  );

  it('changes nothing when a download is not what it was made for', { timeout: slow }, async () => {
    const other = path.join(folder, 'other.mjs');
    await writeFile(other, 'evil');
    control.offer(api.agentBundle(), other);
    const { code, output } = await join();
    expect(code).toBe(1);
    expect(output).toMatch(/Cannot install the Corral agent: http.*bundle has changed since/);
    expect(await machine.read('/opt/corral/agent/agent.mjs')).toBeNull();
    expect((await machine.asked()).join()).not.toContain('systemctl');
  });

  it(
    'says in one line why the console refused, and leaves no service behind',
    { timeout: slow },
    async () => {
      const used = control.makeToken();
      await join({ CORRAL_JOIN_TOKEN: used });
      await machine.remove();
      machine = await makeMachine();
      const { code, output } = await join({ CORRAL_JOIN_TOKEN: used });
      expect(code).toBe(1);
      expect(output).toMatch(/Cannot install the Corral agent: Cannot join: The join token is not known/);
      expect(await machine.asked()).toContain('systemctl -q disable --now corral-agent.service');
      expect(await machine.read(`${dataFolder}/join-token`)).toBeNull();
    },
  );

  it('is refused where it cannot work', { timeout: slow }, async () => {
    const refused = async (run: Promise<{ code: number | null; output: string }>, words: RegExp) =>
      expect(await run).toEqual({ code: 1, output: expect.stringMatching(words) });
    await refused(machine.run(script), /^Cannot install the Corral agent: this machine is no node yet/);
    await refused(machine.run(script, { args: ['--nonsense'] }), /there is no option --nonsense/);
    await refused(join({ CORRAL_ADVERTISE: 'a:1 --x' }), /CORRAL_ADVERTISE is not usable/);
    await machine.write(identityFile, '{}');
    await refused(join(), /a node already, through another agent that works in/);
  });
});
