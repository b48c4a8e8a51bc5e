// An engine process for tests of crashes: the product's engine with operations that stop at chosen points, where they wait to be killed.
// Its orders come as one JSON argument; it says each point that it reached.
import { z } from 'zod';
import { createAgentClient } from '../../agents/agent-client';
import { createDb } from '../../db/client';
import { startJobEngine } from '../../jobs/job-engine';
import { becomeLeader } from '../../jobs/leader';
import { settle } from '../../quotas/ledger';
import { operations } from '../registry';
import { type Plan, withFaults } from './faults';
import { openTestImages } from './image-world';

export type CrashOrders = {
  url: string;
  credentials: { controlCert: string; controlKey: string; ca: string };
  imageFolder: string;
  plans: Record<string, Plan>;
};

// Written by the test that started this process.
const orders = z.custom<CrashOrders>().parse(JSON.parse(process.argv[2] ?? '{}'));
const die = (message: string) => {
  console.error(message);
  process.exit(1);
};
const leader = await becomeLeader({ url: orders.url, onLost: die });
const parts = {
  planOf: (key: string) => orders.plans[key],
  reached: (key: string) => void process.send?.(key),
};
await startJobEngine({
  db: createDb(orders.url, 20),
  url: orders.url,
  leader,
  services: { agents: createAgentClient(orders.credentials), images: openTestImages(orders) },
  operations: Object.values(operations).map((operation) => withFaults(operation, parts)),
  onFinished: (tx, { jobId, keep }) => settle(tx, { jobId, success: keep }),
  fatal: (message, error) => die(`${message}: ${String(error)}`),
  limits: { jobs: 1_000, jobsPerNode: 1_000, jobsPerCustomer: 1_000 },
});
