// What a new installation needs before anyone can sign in: the default cluster, the CA, a link for the first operator, and on request a join
// token for the local node, or the place where it listens now. Prints one line of JSON. Running it again changes nothing that is there.
import { createHash, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { pages } from '@/contract/paths';
import { createJoinToken } from './agents/ca';
import { loadControlIdentity } from './agents/control-identity';
import { createDb, type Db } from './db/client';
import { env } from './env';

const linkHours = 24;
const tokenMinutes = 60;

const { values } = parseArgs({
  options: {
    'join-token': { type: 'boolean', default: false },
    'local-node': { type: 'string' },
    'local-address': { type: 'string' },
  },
});
const db = createDb(env().DATABASE_URL, 2);
try {
  const identity = await loadControlIdentity(db, env().CORRAL_SECRET);
  const clusterId = await ensureDefaultCluster(db);
  const setPasswordUrl = await firstOperatorLink(db);
  const joinToken = values['join-token']
    ? await makeJoinToken({ clusterId, ca: identity.ca.certificate })
    : null;
  const { 'local-node': localNode, 'local-address': address } = values;
  if (localNode && address) await db.node.updateMany({ where: { id: localNode }, data: { address } });
  console.log(JSON.stringify({ setPasswordUrl, joinToken }));
} catch (error) {
  console.error(`Cannot prepare the database: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await db.$disconnect();
}

async function ensureDefaultCluster(db: Db): Promise<string> {
  const first = await db.cluster.findFirst({ orderBy: { createdAt: 'asc' }, select: { id: true } });
  if (first) return first.id;
  const cluster = await db.cluster.create({
    data: {
      name: 'default',
      hypervisors: ['kvm'],
      diskTemplates: ['file', 'diskless'],
      quotaInstances: 3,
      quotaVcpus: 4,
      quotaMemoryMiB: 4_096,
      quotaDiskMiB: 65_536,
    },
  });
  return cluster.id;
}

/** A new one-time link while no operator has a password; older links of that account end with it. */
async function firstOperatorLink(db: Db): Promise<string | null> {
  const ready = await db.user.count({ where: { role: 'operator', passwordHash: { not: null } } });
  if (ready > 0) return null;
  const token = randomBytes(32).toString('base64url');
  await db.$transaction(async (tx) => {
    const data = { login: 'operator', name: 'Operator', role: 'operator' };
    const user = await tx.user.upsert({ where: { login: data.login }, create: data, update: {} });
    await tx.passwordLink.deleteMany({ where: { userId: user.id } });
    await tx.passwordLink.create({
      data: {
        tokenHash: createHash('sha256').update(token).digest('hex'),
        userId: user.id,
        choosesLogin: true,
        expiresAt: new Date(Date.now() + linkHours * 3_600_000),
      },
    });
  });
  return new URL(pages.welcome(token), env().CORRAL_URL).toString();
}

async function makeJoinToken({ clusterId, ca }: { clusterId: string; ca: string }): Promise<string> {
  const { token, tokenId, secretHash } = createJoinToken(ca);
  await db.joinToken.create({
    data: { id: tokenId, secretHash, clusterId, expiresAt: new Date(Date.now() + tokenMinutes * 60_000) },
  });
  return token;
}
