// Hooks with real scripts on simulated nodes.
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { operationNames } from '@/contract/operations';
import { type ClusterNode, type SimulatedCluster } from '../../agents/testing/simulated-cluster';
import { untilEnded } from '../../jobs/testing/engine-on-database';
import { useWorld } from '../testing/use-world';
import { mirrored, type Place, type World } from '../testing/world';
import { hookTable } from './hook-table';

let agents: SimulatedCluster;
let world: World;

useWorld((used) => ({ agents, world } = used));
const written: string[] = [];
afterEach(async () => {
  for (const folder of written.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** Writes a script and lets the control plane know of it, as the node's next facts would. */
async function writeHook(node: ClusterNode, hook: string, text: string): Promise<void> {
  const folder = path.join(node.simulated.dataDir, 'hooks');
  await mkdir(path.join(folder, `${hook}.d`), { recursive: true });
  const file = path.join(folder, `${hook}.d`, '10-test');
  await writeFile(file, `#!/bin/bash\n${text}\n`);
  await chmod(file, 0o755);
  written.push(folder);
  const facts = await agents.client.call(node, 'node.facts', {});
  expect(facts.hooks).toContain(hook);
  await world.db.node.update({ where: { id: node.id }, data: { facts } });
}

const logOf = async (jobId: number) => {
  const lines = await world.db.jobLogLine.findMany({ where: { jobId }, orderBy: { serial: 'asc' } });
  return lines.map(({ level, message }) => `${level} ${message}`);
};

async function order(place: Place, instanceId: string, operation: 'instance.start' | 'instance.stop') {
  const params = operation === 'instance.stop' ? { force: true, timeoutS: 7 } : {};
  const jobId = await world.orderOn(place, instanceId, { operation, params });
  return { ...(await untilEnded(world.db, jobId)), log: await logOf(jobId) };
}

describe('hooks', () => {
  it('are there for every operation that Ganeti has hooks for', () => {
    const without = operationNames.filter((name) => hookTable[name] === null);
    expect(without).toEqual([
      'instance.pause',
      'instance.resume',
      'instance.repairMirror',
      'instance.activateDisks',
      'instance.deactivateDisks',
      'node.check',
      'node.removeVolume',
      'node.runCommand',
      'node.putFile',
      'cluster.verify',
      'image.fetch',
      'instance.saveImage',
      'image.remove',
    ]);
  });

  it('run before and after with what was and what is, and what they say is in the log', async () => {
    const place = await world.makePlace();
    const instanceId = await world.makeInstance(place, { start: false });
    const show = (what: string) => `echo "${what} on $GANETI_OP_TARGET of $GANETI_CLUSTER"`;
    await writeHook(
      place.node,
      'instance-start-pre',
      `${show('asks')}; echo "$GANETI_INSTANCE_STATUS $GANETI_OP_CODE $GANETI_INSTANCE_HV_serial_console"`,
    );
    await writeHook(
      place.node,
      'instance-start-post',
      `${show('hears')}; echo "$GANETI_INSTANCE_STATUS $GANETI_POST_INSTANCE_STATUS $GANETI_HOOKS_PHASE"`,
    );
    const job = await order(place, instanceId, 'instance.start');
    expect(job).toMatchObject({ status: 'success' });
    const { name } = await world.db.instance.findUniqueOrThrow({ where: { id: instanceId } });
    const cluster = await world.db.cluster.findUniqueOrThrow({ where: { id: place.clusterId } });
    const said = job.log.filter((line) => line.includes('10-test'));
    expect(said[0]).toContain(`ran: asks on ${name} of ${cluster.name}\ndown OP_INSTANCE_STARTUP True`);
    expect(said[1]).toContain(`ran: hears on ${name} of ${cluster.name}\ndown up post`);
    expect(said).toHaveLength(2);
  });

  it('know names and modes of disks', async () => {
    const place = await world.makePlace();
    const instanceId = await world.makeInstance(place, { start: false });
    const where = { instanceId_index: { instanceId, index: 1 } };
    await world.db.disk.update({ where, data: { name: 'data', mode: 'ro' } });
    const first = 'GANETI_INSTANCE_DISK0';
    const second = 'GANETI_INSTANCE_DISK1';
    const show = `echo "[$${first}_NAME] $${first}_MODE [$${second}_NAME] $${second}_MODE"`;
    await writeHook(place.node, 'instance-start-pre', show);
    const job = await order(place, instanceId, 'instance.start');
    expect(job.log.find((line) => line.includes('10-test'))).toContain('ran: [] rw [data] ro');
  });

  it('refuse a job before anything is done, with the words of the script', async () => {
    const place = await world.makePlace();
    const instanceId = await world.makeInstance(place, { start: false });
    await writeHook(place.node, 'instance-start-pre', 'echo "not on a Friday"; exit 1');
    const job = await order(place, instanceId, 'instance.start');
    expect(job).toMatchObject({
      status: 'error',
      needsAttention: false,
      error: { message: expect.stringMatching(/^Hook .*10-test on place-.* refused: not on a Friday$/) },
    });
    const instance = await world.db.instance.findUnique({ where: { id: instanceId } });
    expect(instance).toMatchObject({ adminState: 'down', operState: 'absent' });
  });

  it('that fail afterwards are told and change nothing', async () => {
    const place = await world.makePlace();
    const instanceId = await world.makeInstance(place, { start: true });
    await writeHook(place.node, 'instance-stop-post', 'echo "timeout $GANETI_TIMEOUT"; exit 4');
    const job = await order(place, instanceId, 'instance.stop');
    expect(job).toMatchObject({ status: 'success' });
    expect(job.log.find((line) => line.startsWith('warn Hook'))).toMatch(/10-test on .* failed: timeout 7$/);
  });

  it('of a node that does not answer refuse nothing', async () => {
    const place = await world.makePlace();
    const instanceId = await world.makeInstance(place, { start: false });
    await writeHook(place.node, 'instance-stop-pre', 'exit 1');
    place.node.simulated.faults.fail('hooks.run');
    const job = await order(place, instanceId, 'instance.stop');
    expect(job).toMatchObject({ status: 'success' });
    expect(job.log.find((line) => line.includes('did not run'))).toMatch(/^warn Hooks instance-stop-pre on /);
  });

  it('of the chosen nodes may refuse a creation, of which nothing is left', async () => {
    const place = await world.makePlace({ nodes: 2 });
    const [first, second] = place.nodes;
    if (!first || !second) throw new Error('two nodes');
    const seen = path.join(agents.dataDir, `seen-${randomUUID()}`);
    const env = 'echo "$GANETI_ADD_MODE $GANETI_INSTANCE_DISK_COUNT $GANETI_INSTANCE_SECONDARIES"';
    await writeHook(first, 'instance-add-pre', `${env} >> ${seen}`);
    await writeHook(second, 'instance-add-pre', 'exit 1');
    const id = randomUUID();
    const job = await untilEnded(world.db, await world.orderCreate(place, { id, start: true, as: mirrored }));
    expect(job).toMatchObject({ status: 'error', needsAttention: false });
    expect(await world.db.instance.findUnique({ where: { id } })).toBeNull();
    expect(await readFile(seen, 'utf8')).toBe(`create ${mirrored.disksMiB.length} ${second.name}\n`);
    expect(await agents.client.call(first, 'instance.list', {})).toEqual({ instances: [], defined: [] });
  });

  it('hear of an instance that is gone', async () => {
    const place = await world.makePlace();
    const instanceId = await world.makeInstance(place, { start: false });
    await writeHook(place.node, 'instance-remove-post', 'echo "gone: $GANETI_INSTANCE_NAME"');
    const jobId = await world.orderOn(place, instanceId, { operation: 'instance.remove' });
    expect(await untilEnded(world.db, jobId)).toMatchObject({ status: 'success' });
    expect((await logOf(jobId)).find((line) => line.includes('gone: '))).toMatch(/gone: vm-/);
  });

  it('cost no call where there are none', async () => {
    const place = await world.makePlace();
    const instanceId = await world.makeInstance(place, { start: false });
    expect(await order(place, instanceId, 'instance.start')).toMatchObject({ status: 'success' });
    expect(place.node.simulated.faults.count('hooks.run')).toBe(0);
  });
});
