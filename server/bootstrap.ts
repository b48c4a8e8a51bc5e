// What a new installation needs before anyone can sign in: the default cluster, the CA, a link for the first operator, and for the local node a
// join token, or the place where it listens now. Prints one line of JSON. Running it again changes nothing that is there.
// With --install-commands it only prints so many new commands, each of which makes a machine a node of the first cluster.
import { parseArgs } from 'node:util';
import { loadControlIdentity } from './agents/control-identity';
import { createDb, type Db } from './db/client';
import { transact } from './db/transact';
import { env } from './env';
import { makeInstallCommand } from './install/command';
import { insertJoinToken } from './usecases/node-join';
import { insertPasswordLink } from './usecases/password-links';

const { values } = parseArgs({
  options: {
    'join-token': { type: 'boolean', default: false },
    'install-commands': { type: 'string', default: '0' },
    'local-node': { type: 'string' },
    'local-address': { type: 'string' },
  },
});
const db = createDb(env().DATABASE_URL, 2);
try {
  const { ca } = await loadControlIdentity(db, env().CORRAL_SECRET);
  const clusterId = await ensureDefaultCluster(db);
  const newToken = async () => (await insertJoinToken(db, { clusterId, createdById: null, ca })).token;
  const commands = Number(values['install-commands']);
  console.log(
    JSON.stringify(commands > 0 ? await installCommands(commands, newToken) : await prepare(newToken)),
  );
} catch (error) {
  console.error(`Cannot prepare the database: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  await db.$disconnect();
}

async function prepare(newToken: () => Promise<string>) {
  const setPasswordUrl = await firstOperatorLink(db);
  const isKnown = await noteLocalNode(db);
  const isTokenWanted = values['join-token'] || isKnown === false;
  return { setPasswordUrl, joinToken: isTokenWanted ? await newToken() : null };
}

async function installCommands(count: number, newToken: () => Promise<string>) {
  const commandWith = await makeInstallCommand();
  const tokens = await Promise.all(Array.from({ length: count }, newToken));
  return { installCommands: tokens.map(commandWith) };
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
  return transact(db, async (tx) => {
    const data = { login: 'operator', name: 'Operator', role: 'operator' };
    const { id } = await tx.user.upsert({ where: { login: data.login }, create: data, update: {} });
    return (await insertPasswordLink(tx, { userId: id, choosesLogin: true })).url;
  });
}

/** Whether the local node is one of this database's; null when there is none. One that is not has to join anew, as with a new database. */
async function noteLocalNode(db: Db): Promise<boolean | null> {
  const { 'local-node': id, 'local-address': address } = values;
  if (!id) return null;
  const { count } = await db.node.updateMany({ where: { id }, data: { address } });
  return count > 0;
}
