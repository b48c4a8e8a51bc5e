// Hooks of the node's administrator that power other nodes off: executables in one folder that nobody but root can write.
import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@/contract/errors';
import { FenceHook } from '@/contract/schemas/fencing';
import { ifMissing } from '../missing-file';
import { runGroup } from '../tools/run';
import { isTrusted, requireTrusted } from '../trusted-file';
import type { FenceRunner } from './fence-runner';

export const fenceFolder = '/etc/corral/fence.d';
const timeoutMs = 120_000;

export function createFenceHooks({ folder = fenceFolder }: { folder?: string } = {}): FenceRunner {
  return {
    async list() {
      const names = await readdir(folder).catch(ifMissing<string[]>([]));
      const usable = names.filter((name) => FenceHook.safeParse(name).success);
      const found = usable.map(async (name) => ((await isHook(path.join(folder, name))) ? [name] : []));
      return (await Promise.all(found)).flat().sort();
    },
    async run({ hook, action, node }, { log, signal }) {
      const file = path.join(folder, hook);
      await requireTrusted(file, `The fence command ${hook}`);
      const doing = action === 'off' ? `power ${node.name} off` : `ask whether ${node.name} is off`;
      let said = '';
      const { exitCode, stopped } = await runGroup({
        argv: [file],
        env: {
          PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
          CORRAL_ACTION: action,
          CORRAL_NODE_NAME: node.name,
          CORRAL_NODE_ADDRESS: node.address,
        },
        cwd: folder,
        timeoutMs,
        signal,
        onLine(line) {
          log(line);
          if (line.trim()) said = line.trim().slice(0, 256);
        },
      });
      if (exitCode === 0 && !stopped) return said;
      const why = stopped === 'timeout' ? `it did not end in ${timeoutMs / 1000} s` : said;
      throw new AppError('tool_failed', `Cannot ${doing}: ${hook}: ${why || `exit code ${exitCode}`}`, {
        details: { exitCode },
      });
    },
  };
}

async function isHook(file: string): Promise<boolean> {
  const mayRun = access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
  return (await isTrusted(file)) && mayRun;
}
