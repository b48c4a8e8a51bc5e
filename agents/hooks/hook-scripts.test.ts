import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { makeTempFolder } from '../testing/temp-folder';
import { createHookScripts } from './hook-scripts';

async function writeHook(folder: string, hook: string, files: Record<string, string>): Promise<string> {
  const own = join(folder, `${hook}.d`);
  await mkdir(own, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(own, name), `#!/bin/bash\n${text}\n`);
    await chmod(join(own, name), 0o755);
  }
  return own;
}

const start = { name: 'instance-start', env: { GANETI_OP_TARGET: 'web1' } };

describe('hook scripts of a node', () => {
  test('are known by the hooks that have one', async () => {
    const [ganeti, own] = [await makeTempFolder(), await makeTempFolder()];
    await writeHook(ganeti, 'instance-start-pre', { '10-check': 'true' });
    await writeHook(ganeti, 'instance-stop-post', { '10-check~': 'true', '.hidden': 'true', 'a.sh': 'true' });
    await writeHook(own, 'instance-start-pre', { other: 'true' });
    await writeHook(own, 'node-add-post', { other: 'true' });
    await writeHook(own, 'odd', { other: 'true' });
    const hooks = createHookScripts([ganeti, own, join(own, 'nowhere')]);
    expect(await hooks.list()).toEqual(['instance-start-pre', 'node-add-post']);
    expect(await createHookScripts([join(own, 'nowhere')]).list()).toEqual([]);
  });

  test('run in the order of their names, folder by folder, with what they say', async () => {
    const [ganeti, own] = [await makeTempFolder(), await makeTempFolder()];
    const first = await writeHook(ganeti, 'instance-start-post', {
      b: 'echo b',
      '10-a': 'echo a',
      A: 'echo A >&2',
    });
    const second = await writeHook(own, 'instance-start-post', { '00': 'echo last' });
    const results = await createHookScripts([ganeti, own]).run({ ...start, phase: 'post' });
    const ran = { status: 'ran', exitCode: 0 };
    expect(results).toEqual([
      { ...ran, script: join(first, '10-a'), output: 'a' },
      { ...ran, script: join(first, 'A'), output: 'A' },
      { ...ran, script: join(first, 'b'), output: 'b' },
      { ...ran, script: join(second, '00'), output: 'last' },
    ]);
  });

  test('get the given environment and nothing else, no input and no arguments', async () => {
    vi.stubEnv('SECRET_OF_AGENT', 'x');
    const folder = await makeTempFolder();
    await writeHook(folder, 'instance-start-pre', {
      show: '/usr/bin/env | sort; echo "$# $(/bin/cat | /usr/bin/wc -c)"; pwd',
    });
    const env = { GANETI_OP_TARGET: 'web1', GANETI_INSTANCE_NAME: 'a "b" $(c)' };
    const [result] = await createHookScripts([folder]).run({ name: 'instance-start', phase: 'pre', env });
    const lines = result?.output.split('\n') ?? [];
    // Bash adds three of its own.
    expect(lines.filter((line) => !/^(PWD|SHLVL|_)=/.test(line))).toEqual([
      'GANETI_INSTANCE_NAME=a "b" $(c)',
      'GANETI_OP_TARGET=web1',
      '0 0',
      '/',
    ]);
  });

  test('refuse in the phase pre, after which no other one runs', async () => {
    const folder = await makeTempFolder();
    const own = await writeHook(folder, 'instance-start-pre', { a: 'echo "not now"; exit 7', b: 'echo b' });
    expect(await createHookScripts([folder]).run({ ...start, phase: 'pre' })).toEqual([
      { script: join(own, 'a'), status: 'failed', exitCode: 7, output: 'not now' },
      { script: join(own, 'b'), status: 'skipped', exitCode: null, output: 'another one refused before' },
    ]);
  });

  test('all run in the phase post, whichever fails', async () => {
    const folder = await makeTempFolder();
    await writeHook(folder, 'instance-start-post', { a: 'exit 1', b: 'echo b' });
    const results = await createHookScripts([folder]).run({ ...start, phase: 'post' });
    expect(results.map(({ status }) => status)).toEqual(['failed', 'ran']);
  });

  test('are skipped where they cannot be run, and fail where their interpreter is missing', async () => {
    const folder = await makeTempFolder();
    const own = await writeHook(folder, 'instance-start-post', {});
    await writeFile(join(own, 'a'), 'not executable');
    await symlink('/nowhere', join(own, 'b'));
    await writeFile(join(own, 'c'), '#!/nowhere/bin/sh\n');
    await chmod(join(own, 'c'), 0o755);
    const results = await createHookScripts([folder]).run({ ...start, phase: 'post' });
    expect(results).toMatchObject([
      { status: 'skipped', output: 'it cannot be run' },
      { status: 'skipped' },
      { status: 'failed', output: expect.stringContaining('ENOENT') },
    ]);
  });

  test('end when the job is canceled', async () => {
    const folder = await makeTempFolder();
    await writeHook(folder, 'instance-start-pre', { a: 'sleep 1000' });
    const cancel = new AbortController();
    const running = createHookScripts([folder]).run({ ...start, phase: 'pre' }, cancel.signal);
    cancel.abort();
    expect(await running).toMatchObject([{ status: 'failed', output: '(canceled)' }]);
  });
});
