import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundlePrograms } from '../build/bundles.mjs';
import { hashInputs, inputs } from '../build/inputs.mjs';
import { makeTestFolder } from '../testing/test-folder';
import { findMissing } from './debian-packages.mjs';
import { areModulesCurrent } from './node-modules.mjs';
import { checkNodeVersion, isSupportedNode } from './node-version.mjs';
import { mustRun } from './run-command.mjs';

const checkout = path.join(import.meta.dirname, '..', '..');
let folder: string;

function write(file: string, text: string) {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
}

beforeEach(() => {
  folder = makeTestFolder();
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the version of Node', () => {
  it.each(['20.19.0', '20.20.2', '22.12.0', '24.1.0'])('%s will do', (version) => {
    expect(isSupportedNode(version)).toBe(true);
  });

  it.each(['18.20.0', '20.18.3', '21.7.0', '22.11.0'])('%s is refused, with what is needed', (version) => {
    expect(() => checkNodeVersion(version)).toThrow(
      `needs Node.js 20.19 or later (20 or 22 and up); this is ${version}`,
    );
  });
});

describe('Debian packages', () => {
  it('that are not installed are found', async () => {
    expect(await findMissing(['dpkg', 'corral-has-no-such-package'])).toEqual(['corral-has-no-such-package']);
  });

  it('that are missing make an ordinary user be told the command', () => {
    const modulePath = path.join(import.meta.dirname, 'debian-packages.mjs');
    const script = `import { ensureDebianPackages } from ${JSON.stringify(modulePath)};
      process.getuid = () => 1000;
      await ensureDebianPackages(['corral-has-no-such-package']).catch((error) => console.log(error.message));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect(stdout).toContain('sudo apt-get install -y --no-install-recommends corral-has-no-such-package');
  });
});

describe('node_modules', () => {
  it('is out of date when the lock changed since it was installed', () => {
    write('package-lock.json', '{}');
    expect(areModulesCurrent(folder)).toBe(false);
    const emptyObjectHash = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';
    write('node_modules/.corral-lock-hash', emptyObjectHash);
    expect(areModulesCurrent(folder)).toBe(true);
    write('package-lock.json', '{ "changed": true }');
    expect(areModulesCurrent(folder)).toBe(false);
  });
});

describe('a build', () => {
  it('is stale when a source changed, but not when only a test did', () => {
    write('server/a.ts', 'export const a = 1;');
    const before = hashInputs(folder, ['server', 'package-lock.json']);
    write('server/a.test.ts', 'test');
    expect(hashInputs(folder, ['server', 'package-lock.json'])).toBe(before);
    write('server/a.ts', 'export const a = 2;');
    expect(hashInputs(folder, ['server', 'package-lock.json'])).not.toBe(before);
  });

  it('names only inputs that exist', () => {
    const places = [...new Set(Object.values(inputs).flat())];
    expect(places.filter((place) => !existsSync(path.join(checkout, place)))).toEqual([]);
  });

  it('fails for an entry that does not exist', async () => {
    await expect(bundlePrograms(folder, [{ entry: 'server/web.ts', output: 'web.mjs' }])).rejects.toThrow(
      'Cannot build dist/web.mjs: its entry server/web.ts does not exist',
    );
  });

  it('carries every package in a standalone program', async () => {
    write('tsconfig.json', '{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }');
    write('contract/name.ts', `export const name = 'standalone';`);
    write('node_modules/a-package/package.json', '{ "name": "a-package" }');
    write('node_modules/a-package/index.js', `module.exports = require('node:path').basename;`);
    write(
      'agents/main.ts',
      `import basename from 'a-package'; import { name } from '@/contract/name'; console.log(basename('/x/' + name));`,
    );
    await bundlePrograms(folder, [{ entry: 'agents/main.ts', output: 'agent.mjs', isStandalone: true }]);
    rmSync(path.join(folder, 'node_modules'), { recursive: true });
    const result = spawnSync(process.execPath, [path.join(folder, 'dist', 'agent.mjs')], {
      encoding: 'utf8',
    });
    expect(result.stdout).toBe('standalone\n');
  });
});

describe('a command that fails', () => {
  it('is told with the end of its output', async () => {
    await expect(
      mustRun(process.execPath, ['-e', 'console.error("no luck"); process.exit(4)']),
    ).rejects.toThrow(/failed \(exit code 4\):\nno luck/);
  });
});
