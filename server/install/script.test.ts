// What the generated script says; what it does is tried in `install-run.test.ts`.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installCommand } from './command';
import { installScript } from './script';
import { agentUnitText } from './unit';

const program = (sha256: string) => ({ path: '/x', sizeBytes: 1, sha256: sha256.repeat(64) });
const request = { url: 'http://console.test:4300', bundle: program('a'), runtime: program('b') };

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'corral-script-'))));
afterAll(() => rm(folder, { recursive: true }));

function has(name: string, args = ['--version']): boolean {
  try {
    execFileSync(name, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const shells = ['dash', 'bash', 'sh'].filter((shell) => has(shell, ['-c', 'true']));

describe('the install script', () => {
  it('is the same for the same programs, and another for others', () => {
    expect(installScript(request)).toBe(installScript(request));
    expect(installScript({ ...request, bundle: program('c') })).not.toBe(installScript(request));
    expect(installScript({ ...request, url: 'http://other.test' })).not.toBe(installScript(request));
  });

  it.each(shells)('is understood by %s', async (shell) => {
    const file = path.join(folder, 'install.sh');
    await writeFile(file, installScript(request));
    execFileSync(shell, ['-n', file]);
    expect(execFileSync(shell, [file, '--help'], { encoding: 'utf8' })).toMatch(/^Usage: .*--no-packages/s);
  });

  it.skipIf(!has('shellcheck'))('has nothing that shellcheck (if there is one) finds', async () => {
    const file = path.join(folder, 'checked.sh');
    await writeFile(file, installScript(request));
    // Variables whose names are put together (eval) look unassigned to it.
    const args = ['--shell', 'sh', '--severity', 'warning', '--exclude', 'SC2154', file];
    expect(execFileSync('shellcheck', args, { encoding: 'utf8' })).toBe('');
  });
});

describe('the unit', () => {
  const unit = agentUnitText('/etc/default/corral-agent');

  it('lets instances outlive the agent, and keeps the agent small', () => {
    for (const line of ['KillMode=process', 'OOMPolicy=continue', 'Restart=always', 'TasksMax=infinity'])
      expect(unit.split('\n')).toContain(line);
    expect(unit).toContain('NODE_OPTIONS=--max-semi-space-size=1');
    expect(unit).toContain('MALLOC_ARENA_MAX=1 ');
  });

  it('knows no token', () => {
    expect(unit).not.toMatch(/--join|CORRAL_JOIN_TOKEN/);
  });
});

describe('the command', () => {
  const of = (url: string, token: string | null) => installCommand({ url, sha256: 'c'.repeat(64), token });

  it('runs what has the right checksum, with the token in the environment', () => {
    expect(of('http://console.test:4300', 'id.secret.print')).toBe(
      'u=http://console.test:4300/api/v1/agent/install; f=$(mktemp); (curl -fsSL $u || wget -qO- $u) >"$f" && ' +
        `echo "${'c'.repeat(64)}  $f" | sha256sum -c --quiet && CORRAL_JOIN_TOKEN=id.secret.print sh "$f" && rm "$f"`,
    );
  });

  it('needs no token to upgrade, and no known certificate', () => {
    const command = of('https://console.test', null);
    expect(command).toContain('(curl -fsSLk $u || wget --no-check-certificate -qO- $u)');
    expect(command).toMatch(/ && sh "\$f" && rm "\$f"$/);
  });
});
