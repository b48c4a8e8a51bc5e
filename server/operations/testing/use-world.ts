// The world of one test file: simulated nodes, a database and the product's own engine, opened before its first test and closed after its last.
import { afterAll, beforeAll, expect } from 'vitest';
import { startSimulatedCluster, type SimulatedCluster } from '../../agents/testing/simulated-cluster';
import { startTestEngine, type TestEngine } from '../../jobs/testing/engine-on-database';
import { settle } from '../../quotas/ledger';
import { operations } from '../registry';
import { openTestImages } from './image-world';
import { World } from './world';

export type UsedWorld = { agents: SimulatedCluster; engine: TestEngine; world: World };

/** Called once, at the top of a test file. `onOpen` gets its parts before the first test. */
export function useWorld(onOpen: (parts: UsedWorld) => void): void {
  let used: UsedWorld | undefined;
  beforeAll(async () => {
    const agents = await startSimulatedCluster();
    const engine = await startTestEngine({
      services: { agents: agents.client, images: openTestImages(agents) },
      operations: Object.values(operations),
      onFinished: (tx, { jobId, keep }) => settle(tx, { jobId, success: keep }),
    });
    used = { agents, engine, world: new World(engine.db, agents) };
    onOpen(used);
  });
  afterAll(async () => {
    expect(used?.engine.fatal).toEqual([]);
    await used?.engine.close();
    await used?.agents.close();
  });
}
