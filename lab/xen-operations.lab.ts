// Every operation that instances know under KVM, on two real Xen nodes: the very list of e2e/real-nodes.e2e.ts, once for each kind.
import { afterAll, beforeAll, describe } from 'vitest';
import { xenKinds } from '@/contract/hypervisor-kind';
import { describeInstanceOperations } from './testing/instance-operations';
import { type RealCluster, startRealCluster } from './testing/real-cluster';

let cluster: RealCluster;

beforeAll(async () => {
  cluster = await startRealCluster({ xenNodes: 2 });
}, 1_200_000);
afterAll(() => cluster.close());

describe.each(xenKinds)('an instance of kind %s on real nodes', { timeout: 900_000 }, (hypervisor) =>
  describeInstanceOperations(() => cluster, hypervisor),
);
