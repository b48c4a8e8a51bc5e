import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeTempFolder } from '../testing/temp-folder';
import { createFenceHooks } from './fence-hooks';

const node = { name: 'node7', address: 'node7.example:4301' };
const script = `#!/bin/sh
echo "$CORRAL_ACTION $CORRAL_NODE_NAME $CORRAL_NODE_ADDRESS"
[ "$CORRAL_ACTION" = status ] && echo " off "
echo
exit 0
`;

async function folderWith(files: Record<string, { text: string; mode: number }>): Promise<string> {
  const folder = path.join(await makeTempFolder(), 'fence.d');
  await mkdir(folder, { mode: 0o755 });
  for (const [name, { text, mode }] of Object.entries(files)) {
    await writeFile(path.join(folder, name), text);
    await chmod(path.join(folder, name), mode);
  }
  return folder;
}

describe('fence hooks', () => {
  it('are told which node is meant and what to do, and what they say last counts', async () => {
    const hooks = createFenceHooks({ folder: await folderWith({ ipmi: { text: script, mode: 0o755 } }) });
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    expect(await hooks.run({ hook: 'ipmi', action: 'status', node }, { log })).toBe('off');
    expect(lines[0]).toBe('status node7 node7.example:4301');
    expect(await hooks.run({ hook: 'ipmi', action: 'off', node }, { log })).toBe(
      'off node7 node7.example:4301',
    );
  });

  it('are those that may be run and that nobody else can write', async () => {
    const folder = await folderWith({
      ipmi: { text: script, mode: 0o755 },
      'not-executable': { text: script, mode: 0o644 },
      writable: { text: script, mode: 0o777 },
      'README.md': { text: '', mode: 0o755 },
    });
    const hooks = createFenceHooks({ folder });
    expect(await hooks.list()).toEqual(['ipmi']);
    const order = { hook: 'writable', action: 'off', node } as const;
    await expect(hooks.run(order, { log: () => {} })).rejects.toMatchObject({ code: 'wrong_state' });
  });

  it('are none where the folder is missing or anybody may write into it', async () => {
    const folder = await folderWith({ ipmi: { text: script, mode: 0o755 } });
    await chmod(folder, 0o777);
    expect(await createFenceHooks({ folder }).list()).toEqual([]);
    const hooks = createFenceHooks({ folder: path.join(folder, 'nowhere') });
    expect(await hooks.list()).toEqual([]);
    await expect(hooks.run({ hook: 'ipmi', action: 'off', node }, { log: () => {} })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('that fail are failures, with what they said', async () => {
    const text = '#!/bin/sh\necho "cannot reach the BMC" >&2\nexit 3\n';
    const hooks = createFenceHooks({ folder: await folderWith({ ipmi: { text, mode: 0o755 } }) });
    await expect(hooks.run({ hook: 'ipmi', action: 'off', node }, { log: () => {} })).rejects.toMatchObject({
      code: 'tool_failed',
      message: expect.stringContaining('cannot reach the BMC'),
    });
  });
});
