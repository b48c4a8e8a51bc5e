// Enrolment: one token, one node, and only for who knows the secret.
import { X509Certificate, createHash } from 'node:crypto';
import { makeKeyAndRequest } from '@/agents/identity-keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJoinToken } from '@/contract/join-token';
import { nodeUri } from '@/contract/agent-calls';
import type { AgentJoin } from '@/contract/schemas/node';
import { joinMac } from '../agents/ca';
import { installCommand } from '../install/command';
import { getInstallScript } from './agent-install';
import { createJoinToken, joinNode } from './node-join';
import { getNode, removeNode, updateNode } from './nodes';
import { makeInstance, nobody, openWorld, type World } from './testing/console-world';

let world: World;
let csr: string;
beforeAll(async () => {
  world = await openWorld();
  csr = (await makeKeyAndRequest('node')).csr;
});
afterAll(() => world.close());

async function makeToken(): Promise<string> {
  return (await createJoinToken(world.operator.ctx, { clusterId: world.clusterId })).token;
}

function joinWith(token: string, fields: Partial<AgentJoin> = {}): AgentJoin {
  const { tokenId = '', secret = '' } = parseJoinToken(token) ?? {};
  const secretHash = createHash('sha256').update(secret).digest('hex');
  const own = { tokenId, name: 'node9', address: 'node9:4301', csr, ...fields };
  return { ...own, mac: fields.mac ?? joinMac(secretHash, own) };
}

const join = (request: AgentJoin) => joinNode(nobody(world.db), request);

describe('a join token', () => {
  it('is shown once with the command to run, and stored as a hash', async () => {
    const { token, command, expiresAt } = await createJoinToken(world.operator.ctx, {
      clusterId: world.clusterId,
    });
    const { sha256 } = await getInstallScript(nobody(world.db));
    expect(command).toBe(installCommand({ url: 'http://console.test:4300', sha256, token }));
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(3_500_000);
    const secret = parseJoinToken(token)?.secret ?? '';
    expect(secret).toHaveLength(43);
    const stored = [await world.db.joinToken.findMany(), await world.db.auditEntry.findMany()];
    expect(JSON.stringify(stored)).not.toContain(secret);
  });

  it('brings one node in, with a certificate of its own and a job', async () => {
    const token = await makeToken();
    const joined = await join(joinWith(token));
    const certificate = new X509Certificate(joined.certificate);
    expect(certificate.verify(new X509Certificate(joined.ca).publicKey)).toBe(true);
    expect(certificate.subjectAltName).toContain(nodeUri(joined.nodeId));
    expect(await getNode(world.operator.ctx, { id: joined.nodeId })).toMatchObject({
      name: 'node9',
      state: 'joining',
    });
    expect(await world.db.job.findUnique({ where: { id: joined.jobId } })).toMatchObject({
      operation: 'node.join',
      params: { nodeId: joined.nodeId },
      createdById: world.operator.actor.userId,
    });
  });

  it('answers the same agent again whose answer was lost, and nobody else', async () => {
    const token = await makeToken();
    const first = await join(joinWith(token, { name: 'lost1' }));
    const again = await join(joinWith(token, { name: 'lost1' }));
    expect([again.nodeId, again.jobId]).toEqual([first.nodeId, first.jobId]);
    const otherKey = (await makeKeyAndRequest('node')).csr;
    for (const fields of [
      { csr: otherKey, name: 'lost1' },
      { name: 'lost2' },
      { name: 'lost1', address: 'evil:1' },
    ])
      await expect(join(joinWith(token, fields))).rejects.toMatchObject({ code: 'forbidden' });
    await world.db.node.update({ where: { id: first.nodeId }, data: { seenAt: new Date() } });
    await expect(join(joinWith(token, { name: 'lost1' }))).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('serves one of several at the same moment', async () => {
    const token = await makeToken();
    const requests = await Promise.all(
      [1, 2, 3, 4].map(async (n) =>
        joinWith(token, { name: `race${n}`, csr: (await makeKeyAndRequest('node')).csr }),
      ),
    );
    const results = await Promise.allSettled(requests.map(join));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(await world.db.node.count({ where: { name: { startsWith: 'race' } } })).toBe(1);
  });

  it('is refused when unknown, forged, changed on the way or expired, with one answer for all', async () => {
    const token = await makeToken();
    const good = joinWith(token, { name: 'node10' });
    const bad = [
      { ...good, tokenId: 'unknown-token' },
      { ...good, mac: '0'.repeat(64) },
      { ...good, name: 'node11' },
      { ...good, address: 'evil:4301' },
      { ...good, csr: (await makeKeyAndRequest('node')).csr },
    ];
    const messages = new Set<string>();
    for (const request of bad)
      messages.add(
        await join(request).then(
          () => 'joined',
          (error: Error) => error.message,
        ),
      );
    await world.db.joinToken.updateMany({ where: { id: good.tokenId }, data: { expiresAt: new Date() } });
    messages.add(
      await join(good).then(
        () => 'joined',
        (error: Error) => error.message,
      ),
    );
    expect([...messages]).toEqual(['This join token is wrong, used or has expired; make a new one']);
    expect(await world.db.node.count({ where: { name: { in: ['node10', 'node11'] } } })).toBe(0);
  });

  it('is refused with one row a minute for an address, and with none for a token that never was', async () => {
    const joinFrom = (address: string, request: AgentJoin) =>
      expect(joinNode({ ...nobody(world.db), address }, request)).rejects.toMatchObject({
        code: 'forbidden',
      });
    const rows = async () =>
      (await world.db.auditEntry.findMany({ where: { action: 'agent.join', outcome: 'refused' } })).filter(
        (row) => row.address?.startsWith('198.51.100.'),
      );
    const good = joinWith(await makeToken(), { name: 'node12' });
    await joinFrom('198.51.100.1', { ...good, tokenId: 'never-was-one' });
    expect(await rows()).toEqual([]);
    await world.db.joinToken.update({ where: { id: good.tokenId }, data: { expiresAt: new Date() } });
    for (const address of ['198.51.100.1', '198.51.100.2'])
      for (const request of [good, { ...good, mac: '0'.repeat(64) }, good]) await joinFrom(address, request);
    expect((await rows()).map((row) => [row.address, row.details])).toEqual(
      ['198.51.100.1', '198.51.100.2'].map((address) => [
        address,
        { name: 'node12', address: 'node9:4301', tokenId: good.tokenId },
      ]),
    );
  });

  it('may be guessed so often from one address; good ones do not count', async () => {
    const from = { ...nobody(world.db), address: '2001:db8::1' };
    const guess = (address: string) =>
      joinNode({ ...from, address }, joinWith('', { tokenId: 'made-up-token', mac: '0'.repeat(64) }));
    await joinNode(from, joinWith(await makeToken(), { name: 'before' }));
    for (let n = 0; n < 100; n += 1)
      await expect(guess(`2001:db8::${n}`)).rejects.toThrow(/wrong, used or has expired/);
    const late = joinWith(await makeToken(), { name: 'late' });
    await expect(joinNode(from, late)).rejects.toThrow(/^Too many attempts, try again in 1[45] minutes$/);
    await join(late);
  });

  it('stays usable when the name is taken', async () => {
    const token = await makeToken();
    await expect(join(joinWith(token, { name: 'rhino7' }))).rejects.toMatchObject({ code: 'already_exists' });
    await join(joinWith(token, { name: 'rhino8' }));
  });
});

describe('a node', () => {
  it('keeps the settings that were made, audited with before and after', async () => {
    const id = world.nodeId;
    const node = await updateNode(world.operator.ctx, { id, drained: true, acceleratorSetting: 'tcg' });
    expect(node).toMatchObject({ drained: true, acceleratorSetting: 'tcg' });
    const audit = await world.db.auditEntry.findFirstOrThrow({ where: { action: 'node.update' } });
    expect(audit.details).toEqual({
      before: { drained: false, acceleratorSetting: 'auto' },
      after: { drained: true, acceleratorSetting: 'tcg' },
    });
  });

  it('is removed only without instances, and once', async () => {
    const id = world.nodeId;
    const instanceId = await makeInstance(world.db, {
      clusterId: world.clusterId,
      ownerId: null,
      nodeId: id,
    });
    await expect(removeNode(world.operator.ctx, { id })).rejects.toMatchObject({ code: 'wrong_state' });
    await world.db.instance.delete({ where: { id: instanceId } });
    const results = await Promise.allSettled([1, 2, 3].map(() => removeNode(world.operator.ctx, { id })));
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  });
});
