// Nodes that lose their power: the primary, the secondary, either end of a migration; and what else befalls a node as a whole.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { agentFolder } from '@/contract/agent-install';
import { api } from '@/contract/paths';
import { AgentUpgrade } from '@/contract/schemas/node';
import { type FaultGround, openFaultGround } from '../testing/fault-ground';

vi.setConfig({ testTimeout: 900_000 });
let ground: FaultGround;
beforeAll(async () => {
  ground = await openFaultGround();
});
afterAll(() => ground.close());

const nameOf = async (which: 'node' | 'secondary') => (await ground.see())[which]?.name ?? '';
const labNode = (name: string) => ground.lab.node(name);
const action = (name: 'migrate' | 'failover', body: object = {}) =>
  ground.ask('POST', api.instanceAction(ground.instanceId, name), body);

/** What an operator does who has seen that it is off, until its instance runs on the other one. */
async function failOver(lost: string) {
  const { id } = await ground.untilNode(lost, 'unreachable');
  await ground.order('POST', api.nodeOffline(id), { how: 'declared', confirmName: lost });
  expect(await ground.ended(await action('failover'))).toMatchObject({ status: 'success' });
}

async function giveBack(name: string) {
  await labNode(name).start();
  const { id, state } = await ground.node(name);
  if (state === 'offline') {
    await ground.untilAnswers(name);
    await ground.order('POST', api.nodeOnline(id));
  }
  await ground.untilNode(name, 'online');
}

describe('the power of', () => {
  it('the primary node: nothing that was written is lost, and it comes back as the other side', async () => {
    const lost = await nameOf('node');
    await ground.witness.goesOn();
    await labNode(lost).kill();
    await failOver(lost);
    expect(await nameOf('node')).not.toBe(lost);
    await ground.witness.write();
    await giveBack(lost);
    await ground.expectWhole();
  });

  it('the secondary node: the guest goes on, a verification names what is broken, and the mirror heals by itself', async () => {
    const lost = await nameOf('secondary');
    const boot = await ground.witness.bootId();
    await labNode(lost).kill();
    await ground.untilNode(lost, 'unreachable');
    await ground.witness.goesOn();
    const found = await ground.verify();
    expect(found.map(({ meaning, target }) => `${meaning} ${target.name}`)).toContain(`nodeSilent ${lost}`);
    await giveBack(lost);
    await ground.expectWhole();
    expect(await ground.witness.bootId()).toBe(boot);
  });

  it('the target of a migration: the guest goes on at its source', async () => {
    const target = await nameOf('secondary');
    const boot = await ground.witness.bootId();
    const jobId = await action('migrate', { bandwidthMiBs: 4 });
    await ground.untilStep(jobId, 'send');
    await labNode(target).kill();
    await ground.untilNode(target, 'unreachable');
    await ground.witness.goesOn();
    await giveBack(target);
    await ground.ended(jobId);
    expect(await nameOf('secondary')).toBe(target);
    await ground.expectWhole();
    expect(await ground.witness.bootId()).toBe(boot);
  });

  it('the source of a migration: the guest is started on the other node with everything that it wrote', async () => {
    const source = await nameOf('node');
    const jobId = await action('migrate', { bandwidthMiBs: 4 });
    await ground.untilStep(jobId, 'send');
    await labNode(source).kill();
    const { id } = await ground.untilNode(source, 'unreachable');
    await ground.order('POST', api.nodeOffline(id), { how: 'declared', confirmName: source });
    await ground.ended(jobId);
    if ((await nameOf('node')) === source)
      expect(await ground.ended(await action('failover'))).toMatchObject({ status: 'success' });
    await ground.witness.write();
    await giveBack(source);
    await ground.expectWhole();
  });
});

describe('a node', () => {
  it('whose clock is wrong by ten minutes is named by a verification, and goes on to work', async () => {
    const name = await nameOf('secondary');
    await labNode(name).setClock(new Date(Date.now() + 600_000));
    const found = await ground.verify();
    expect(found).toEqual([
      expect.objectContaining({ meaning: 'clockSkew', target: expect.objectContaining({ name }) }),
    ]);
    expect(await ground.ended(await action('migrate'))).toMatchObject({ status: 'success' });
    await labNode(name).setClock(new Date());
    await ground.expectWhole();
  });

  it('gets another agent while its instances run on', async () => {
    const name = await nameOf('node');
    const boot = await ground.witness.bootId();
    const { command } = await ground.rest.call('GET', api.agentUpgrade(), AgentUpgrade);
    const bundle = `${agentFolder}/agent.mjs`;
    await labNode(name).run(`echo '// an older one' >> ${bundle}`);
    const before = await labNode(name).run('systemctl show -p MainPID --value corral-agent');
    await labNode(name).run(command, 240_000);
    expect(await labNode(name).run(`tail -n 1 ${bundle}`)).not.toContain('older');
    expect(await labNode(name).run('systemctl show -p MainPID --value corral-agent')).not.toBe(before);
    await ground.expectWhole();
    expect(await ground.witness.bootId()).toBe(boot);
  });
});
