// Renews nodes' certificates after two thirds of their life, long before they end; that of a node that was off for too long when it is back.
import { X509Certificate } from 'node:crypto';
import type { AgentClient } from '../agents/agent-client';
import { nodeCertificateDays } from '../agents/ca';
import type { Db } from '../db/client';
import { publish } from '../events/publish';
import { log } from '../log';
import { every, type Watcher } from './every';

const dayMs = 86_400_000;

type Parts = {
  db: Db;
  agents: Pick<AgentClient, 'call'>;
  sign: (request: { csrPem: string; nodeId: string }) => Promise<string>;
  intervalMs?: number;
};

export function renewCertificates({ intervalMs = 3_600_000, ...parts }: Parts): Watcher {
  return every({ name: 'renew-certificates', intervalMs, work: () => renewDue(parts) });
}

export async function renewDue({ db, agents, sign }: Omit<Parts, 'intervalMs'>): Promise<void> {
  const dueBefore = new Date(Date.now() + (nodeCertificateDays / 3) * dayMs);
  const nodes = await db.node.findMany({
    where: {
      OR: [
        { state: 'online', certificateExpiresAt: null },
        { state: 'online', certificateExpiresAt: { lt: dueBefore } },
        // Perhaps it is unreachable for no other reason.
        { state: 'unreachable', certificateExpiresAt: { lt: new Date() } },
      ],
    },
    orderBy: { certificateExpiresAt: 'asc' },
  });
  for (const node of nodes) {
    try {
      const { csr } = await agents.call(node, 'certificate.request', {}, { patienceMs: 0 });
      const certificate = await sign({ csrPem: csr, nodeId: node.id });
      await agents.call(node, 'certificate.install', { certificate });
      const certificateExpiresAt = new Date(new X509Certificate(certificate).validTo);
      await db.$transaction(async (tx) => {
        await tx.node.updateMany({ where: { id: node.id }, data: { certificateExpiresAt } });
        await publish(tx, { kind: 'node', id: node.id });
      });
      log.info({ node: node.name }, 'Renewed the certificate of a node');
    } catch (error) {
      log.error({ error, node: node.name }, 'Cannot renew the certificate of a node');
    }
  }
}
