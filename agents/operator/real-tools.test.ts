import { randomUUID } from 'node:crypto';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTempFolder } from '../testing/temp-folder';
import { createOperatorTools } from './real-tools';
import { writeRun } from './run-record';

async function makeTools() {
  const folder = await makeTempFolder();
  const allowFile = path.join(folder, 'allow-commands');
  const runs = path.join(folder, 'runs');
  const tools = createOperatorTools({ folder: runs, allowFile });
  const lines: string[] = [];
  const run = (command: string, more: { runId?: string; timeoutS?: number; signal?: AbortSignal } = {}) => {
    const { runId = randomUUID(), timeoutS = 10, signal } = more;
    return tools.run({ runId, command, timeoutS }, { log: (line) => void lines.push(line), signal });
  };
  const allow = () => writeFile(allowFile, '', { mode: 0o600 });
  return { folder, runs, allowFile, tools, lines, run, allow };
}

describe('a node that does not allow it', () => {
  it('runs no command and takes no file', async () => {
    const { tools, run, folder } = await makeTools();
    expect(await tools.isAllowed()).toBe(false);
    await expect(run('true')).rejects.toMatchObject({ code: 'forbidden' });
    const put = tools.put({ path: path.join(folder, 'f'), mode: '0644', content: 'x' });
    await expect(put).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is also one where others could have made the file', async () => {
    const { tools, run, allow, allowFile } = await makeTools();
    await allow();
    expect(await tools.isAllowed()).toBe(true);
    await chmod(allowFile, 0o622);
    expect(await tools.isAllowed()).toBe(false);
    await expect(run('true')).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a node that allows it', () => {
  it('runs a command and says what it says', async () => {
    const { run, lines, allow } = await makeTools();
    await allow();
    expect(await run('echo "$((6 * 7))"; echo wrong >&2; exit 3')).toBe(3);
    expect(lines.sort()).toEqual(['42', 'wrong']);
  });

  it('runs it once, however often it is asked', async () => {
    const { run, lines, allow, folder } = await makeTools();
    await allow();
    const runId = randomUUID();
    const command = `echo once >> ${folder}/count; echo said`;
    expect(await run(command, { runId })).toBe(0);
    expect(await run(command, { runId })).toBe(0);
    expect(lines).toEqual(['said', 'said']);
    expect(await readFile(`${folder}/count`, 'utf8')).toBe('once\n');
  });

  it('does not begin again what it may have done before it was interrupted', async () => {
    const { run, runs, allow } = await makeTools();
    await allow();
    const runId = randomUUID();
    await writeRun(runs, runId, { exitCode: null, lines: [] });
    await expect(run('true', { runId })).rejects.toMatchObject({ code: 'wrong_state' });
  });

  it('ends a command that takes too long, with all that it started', async () => {
    const { run, allow } = await makeTools();
    await allow();
    await expect(run('sleep 300 & sleep 300', { timeoutS: 1 })).rejects.toMatchObject({ code: 'timeout' });
  });

  it('ends a command that is canceled', async () => {
    const { run, allow } = await makeTools();
    await allow();
    await expect(run('sleep 300', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'canceled',
    });
  });

  it('writes a file with its rights', async () => {
    const { tools, allow, folder } = await makeTools();
    await allow();
    const file = path.join(folder, 'deep', 'motd');
    await tools.put({ path: file, mode: '0640', content: 'Hello\n' });
    expect(await readFile(file, 'utf8')).toBe('Hello\n');
    expect((await stat(file)).mode & 0o777).toBe(0o640);
  });
});
