import { defineConfig } from 'vitest/config';

const ignored = ['**/node_modules/**', '.next/**', '.cache/**', 'dist/**', 'data/**'];

/** Rooms whose tests may ask for a database: one PostgreSQL is started before the first of them. */
const databaseRooms = ['server', 'tools'];

const lab = {
  exclude: ignored,
  fileParallelism: false,
  // Where all of a node's processor is emulated, on a machine that others use too, some tests take minutes.
  testTimeout: 600_000,
  // The first on a machine builds the image of the nodes.
  hookTimeout: 1_200_000,
};

export default defineConfig({
  resolve: { alias: [{ find: /^@\//, replacement: `${import.meta.dirname}/` }] },
  test: {
    // Processes, not threads: DBOS keeps its state in process-wide singletons.
    pool: 'forks',
    // DBOS lets queries overlap on one connection, of which pg warns.
    execArgv: ['--no-deprecation'],
    maxWorkers: 2,
    passWithNoTests: true,
    // What was thrown instead is said whole.
    chaiConfig: { truncateThreshold: 1_000 },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...ignored, ...databaseRooms.map((room) => `${room}/**`)],
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: databaseRooms.map((room) => `${room}/**/*.test.ts`),
          exclude: ignored,
          globalSetup: ['tools/testing/database-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      { extends: true, test: { ...lab, name: 'lab', include: ['**/*.lab.ts'] } },
      // The faults again, under Xen.
      {
        extends: true,
        test: {
          ...{ ...lab, name: 'lab-xen', include: ['lab/faults/*.lab.ts'] },
          env: { CORRAL_FAULTS_ON: 'xen-pvm' },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.ts'],
          exclude: ignored,
          // Each has a product and nodes of its own; one guest that boots leaves the other processor idle.
          fileParallelism: true,
          testTimeout: 600_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
