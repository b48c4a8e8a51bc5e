// Proves that the import rules bite: a scratch project of forbidden imports, each of which must be found.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { makeTestFolder } from './testing/test-folder';

const checkout = path.join(import.meta.dirname, '..');

/** Importing file, what it imports, and the rule that forbids it. */
const forbidden = [
  ['contract/a.ts', '@/client/target', 'contract-imports-contract'],
  ['contract/b.ts', 'pg', 'contract-of-packages-only-zod'],
  ['contract/c.ts', 'node:fs', 'contract-has-no-node-core'],
  ['client/a.ts', '@/server/usecases/target', 'client'],
  ['client/b.ts', '@/components/ui/target', 'client'],
  ['components/ui/a.ts', '@/contract/target', 'components-ui'],
  ['components/table/a.ts', '@/client/target', 'components-form-and-table'],
  ['components/instances/a.ts', '@/server/auth/target', 'components-of-a-resource'],
  ['app/nodes/a.ts', '@/server/db/target', 'app-pages'],
  ['app/api/v1/a.ts', '@/server/jobs/target', 'app-api'],
  ['server/usecases/a.ts', '@/server/operations/target', 'server-usecases'],
  ['server/operations/a.ts', '@/server/usecases/target', 'server-operations'],
  ['server/operations/b.ts', '@/server/jobs/target', 'server-operations'],
  ['server/verify/a.ts', '@/server/usecases/target', 'server-verify'],
  ['server/jobs/a.ts', '@/server/operations/target', 'server-jobs'],
  ['server/watchers/a.ts', '@/server/usecases/target', 'server-watchers'],
  ['server/placement/a.ts', '@/server/db/target', 'server-placement-is-pure'],
  ['server/http/a.ts', '@/server/agents/target', 'agent-client'],
  ['server/http/b.ts', '@/agents/calls/target', 'server-sees-neither-browser-nor-agent'],
  ['server/db/a.ts', '@/server/web', 'nobody-imports-an-entry-point'],
  ['server/usecases/b.ts', '@/server/db/generated/client', 'generated-prisma-client'],
  ['server/usecases/c.ts', '@prisma/adapter-pg', 'prisma-packages'],
  ['server/usecases/d.ts', 'next', 'react-and-next'],
  ['server/jobs/b.ts', 'react', 'react-and-next'],
  ['server/jobs/c.ts', 'node:child_process', 'child-process'],
  ['agents/storage/a.ts', 'child_process', 'child-process'],
  ['agents/calls/a.ts', '@/server/db/target', 'agents-see-only-the-contract'],
  ['agents/tools/a.ts', '@/agents/storage/target', 'agent-tools-know-no-driver'],
  ['agents/storage/b.ts', '@/agents/calls/target', 'agent-drivers-know-no-call'],
  ['agents/storage/c.ts', '@/agents/hypervisors/target', 'storage-does-not-see-hypervisors'],
  ['agents/hypervisors/a.ts', '@/agents/storage/target', 'hypervisors-do-not-see-storage'],
  ['e2e/a.ts', '@/server/db/target', 'end-to-end-tests'],
  ['lab/a.ts', '@/agents/calls/target', 'lab'],
  ['tools/a.ts', '@/server/db/target', 'tools'],
  ['client/c.ts', './missing', 'not-to-unresolvable'],
] as const;

const allowed = [
  ['contract/d.ts', 'zod'],
  ['client/d.ts', '@/contract/target'],
  ['components/instances/b.ts', '@/client/target'],
  ['app/nodes/b.ts', '@/server/usecases/target'],
  ['server/usecases/e.ts', '@/server/jobs/target'],
  ['server/operations/c.ts', '@/server/jobs/operation'],
  ['server/operations/d.ts', '@/server/agents/target'],
  ['server/db/b.ts', '@/server/db/generated/client'],
  ['server/engine.ts', '@/server/operations/target'],
  ['server/auth/a.ts', 'next-auth'],
  ['agents/calls/b.ts', '@/agents/storage/target'],
  ['agents/tools/run.ts', 'node:child_process'],
  ['lab/b.ts', 'node:child_process'],
  ['server/jobs/d.test.ts', 'node:child_process'],
] as const;

const targets = [
  ...['client/target', 'contract/target', 'components/ui/target', 'server/web', 'server/db/generated/client'],
  ...['server/jobs/operation', 'agents/calls/target', 'agents/storage/target', 'agents/hypervisors/target'],
  ...['usecases', 'auth', 'db', 'jobs', 'operations', 'agents'].map((room) => `server/${room}/target`),
];

const Report = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

let folder: string;
let violations: string[];

function write(file: string, text: string) {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
}

beforeAll(() => {
  folder = makeTestFolder();
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json'])
    cpSync(path.join(checkout, name), path.join(folder, name));
  symlinkSync(path.join(checkout, 'node_modules'), path.join(folder, 'node_modules'));
  for (const target of targets) write(`${target}.ts`, 'export type Target = string;\n');
  for (const [file, target] of [...forbidden, ...allowed]) {
    write(file, `import type * as target from '${target}';\nexport type Imported = typeof target;\n`);
  }
  write('client/circle-a.ts', `import type { B } from './circle-b';\nexport type A = B | string;\n`);
  write('client/circle-b.ts', `import type { A } from './circle-a';\nexport type B = A[];\n`);
  const program = path.join(checkout, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const args = [program, '.', '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const result = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const report = Report.parse(JSON.parse(result.stdout));
  violations = report.summary.violations.map(({ from, rule }) => `${from} ${rule.name}`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the import rules', () => {
  it.each(forbidden)('forbid %s to import %s', (file, _target, rule) => {
    expect(violations).toContain(`${file} ${rule}`);
  });

  it.each(allowed)('let %s import %s', (file) => {
    expect(violations.filter((violation) => violation.startsWith(`${file} `))).toEqual([]);
  });

  it('forbid a circle, even of types', () => {
    expect(violations).toContain('client/circle-a.ts no-circular');
  });
});
