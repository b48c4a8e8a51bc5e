// A console with people, a cluster and a node, on a database of its own: rows only, no engine and no agent.
import { randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { encode } from 'next-auth/jwt';
import type { Role } from '@/contract/permissions';
import type { InstanceCreate } from '@/contract/schemas/instance';
import type { NodeFacts } from '@/contract/schemas/node';
import { createTestDatabase } from '@/tools/test-database';
import type { Actor } from '../../auth/actor';
import type { Ctx } from '../../auth/authorize';
import { startSession } from '../../auth/sessions';
import { createDb, sharedDb, type Db } from '../../db/client';

export const ownUrl = 'http://console.test:4300';
export const secret = randomBytes(32).toString('hex');

export type Person = { actor: Actor; ctx: Ctx; cookie: string };
export type World = Awaited<ReturnType<typeof openWorld>>;

/** Sets the environment of this process, which belongs to one test file. */
export async function openWorld() {
  const { url, drop } = await createTestDatabase();
  Object.assign(process.env, {
    DATABASE_URL: url,
    CORRAL_SECRET: secret,
    CORRAL_URL: ownUrl,
    CORRAL_DIST: path.join(import.meta.dirname, '../../install/testing/programs'),
    NODE_ENV: 'test',
  });
  const db = createDb(url, 10);
  const clusterId = await makeCluster(db);
  const nodeId = await makeNode(db, { clusterId, name: 'rhino7' });
  const [operator, alice, bob] = [
    await makePerson(db, { login: 'olga', role: 'operator' }),
    await makePerson(db, { login: 'alice', role: 'customer' }),
    await makePerson(db, { login: 'bob', role: 'customer' }),
  ];
  const close = async () => {
    await db.$disconnect();
    await sharedDb(url).$disconnect();
    await drop();
  };
  return { db, clusterId, nodeId, operator, alice, bob, close };
}

export const nobody = (db: Db): Ctx => ({ db, actor: null, address: '192.0.2.9' });

export async function makePerson(
  db: Db,
  { login, role, passwordHash = 'set' }: { login: string; role: Role; passwordHash?: string | null },
): Promise<Person> {
  const name = `${login} of the test`;
  const user = await db.user.create({ data: { login, name, role, passwordHash } });
  return openSession(db, { userId: user.id, login, name, role });
}

/** One more browser of the same person. */
export async function openSession(
  db: Db,
  { userId, login, name, role }: Pick<Actor, 'userId' | 'login' | 'name' | 'role'>,
): Promise<Person> {
  const sessionId = await startSession(db, { userId, address: '192.0.2.1' });
  const actor = { userId, sessionId, login, name, role, address: '192.0.2.1' };
  return { actor, ctx: { db, actor }, cookie: await cookieOf({ sub: userId, sid: sessionId }) };
}

export async function cookieOf(claims: Record<string, string>, key = secret): Promise<string> {
  return `next-auth.session-token=${await encode({ token: claims, secret: key })}`;
}

type ClusterSettings = {
  policy?: 'all' | 'running';
  quotaInstances?: number;
  quotaMemoryMiB?: number;
  quotaVcpus?: number;
  bridges?: string[];
  userNetwork?: boolean;
};

export async function makeCluster(
  db: Db,
  { policy = 'all', bridges = ['br0'], ...columns }: ClusterSettings = {},
): Promise<string> {
  const row = await db.cluster.create({
    data: {
      name: `c${randomBytes(6).toString('hex')}`,
      hypervisors: ['simulated'],
      diskTemplates: ['simulated', 'diskless'],
      quotaPolicy: policy,
      bridges,
      ...columns,
    },
  });
  return row.id;
}

export async function makeNode(
  db: Db,
  { clusterId, name, ...columns }: { clusterId: string; name: string; state?: string; drained?: boolean },
): Promise<string> {
  const address = `${name}.example:4301`;
  const row = await db.node.create({
    data: { clusterId, name, address, state: 'online', facts: factsOf(name), seenAt: new Date(), ...columns },
  });
  return row.id;
}

export function factsOf(hostName: string): NodeFacts {
  return {
    agentVersion: '1',
    bootId: randomUUID(),
    hostName,
    kernel: '6.1',
    osName: 'Debian 12',
    clock: new Date().toISOString(),
    cpu: { model: 'test', threads: 16, flags: [] },
    memory: { totalMiB: 65_536, freeMiB: 60_000 },
    pools: [{ kind: 'folder', name: '/srv', totalMiB: 1_000_000, freeMiB: 900_000 }],
    accelerator: { setting: 'auto', used: 'tcg', reason: 'test' },
    hypervisors: [{ kind: 'simulated', version: '1' }],
    diskTemplates: ['simulated', 'diskless'],
    replicationAddress: null,
    bridges: ['br0'],
    oses: [{ kind: 'tiny', state: 'ready', detail: null }],
    isos: ['debian.iso'],
  };
}

export function wishFor(clusterId: string, wish: Partial<InstanceCreate> = {}): InstanceCreate {
  return {
    name: `vm-${randomBytes(6).toString('hex')}`,
    clusterId,
    hypervisor: 'simulated',
    os: { kind: 'none' },
    vcpus: 1,
    memoryMiB: 512,
    diskTemplate: 'simulated',
    disks: [{ sizeMiB: 1024 }],
    nics: [{ mode: 'user' }],
    start: true,
    exceedQuota: false,
    ...wish,
  };
}

type InstanceColumns = {
  clusterId: string;
  ownerId: string | null;
  nodeId?: string | null;
  name?: string;
  status?: string;
  adminState?: string;
  operState?: string;
};

/** As it is after its create job. */
export async function makeInstance(db: Db, columns: InstanceColumns): Promise<string> {
  const row = await db.instance.create({
    data: {
      name: `vm-${randomBytes(6).toString('hex')}`,
      hypervisor: 'simulated',
      os: { kind: 'none' },
      vcpus: 1,
      memoryMiB: 512,
      diskTemplate: 'simulated',
      lifecycle: 'ready',
      status: 'stopped',
      disks: { create: [{ index: 0, sizeMiB: 1024 }] },
      nics: { create: [{ index: 0, mode: 'user', mac: randomTestMac() }] },
      ...columns,
    },
  });
  return row.id;
}

function randomTestMac(): string {
  return ['02', ...[...randomBytes(5)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}

type JobColumns = {
  targetId: string;
  ownerId: string | null;
  createdById?: string;
  status?: string;
  targetKind?: string;
};

export async function makeJob(
  db: Db,
  { status = 'running', targetKind = 'instance', ...columns }: JobColumns,
) {
  const row = await db.job.create({
    data: { operation: 'instance.start', params: {}, targetName: 'target', targetKind, status, ...columns },
  });
  return row.id;
}

export async function finishJobs(db: Db): Promise<void> {
  await db.job.updateMany({ data: { status: 'success', endedAt: new Date() } });
}
