// Keeps a process that runs for a year calling: it takes up the control certificate that was renewed, by itself or by another process, long
// before the one it started with ends.
import type { AgentClient } from '../agents/agent-client';
import { credentialsOf, loadControlIdentity } from '../agents/control-identity';
import type { Db } from '../db/client';
import { every, type Watcher } from './every';

const dayMs = 86_400_000;

type Parts = { db: Db; secret: string; agents: Pick<AgentClient, 'renew'> };

export function renewControlCertificate({ db, secret, agents }: Parts): Watcher {
  const work = async () => agents.renew(credentialsOf(await loadControlIdentity(db, secret)));
  return every({ name: 'renew-control-certificate', intervalMs: dayMs, work });
}
