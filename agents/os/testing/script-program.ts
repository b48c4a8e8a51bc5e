// The OS driver `script` as a program of its own, for nodes in which no agent runs: what it is asked stands in a JSON file, lines come out.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { InstanceAbout, InstanceDefinition } from '@/contract/agent-calls';
import { toErrorBody } from '@/contract/errors';
import { createScriptOs, usualOsPath } from '../script';

const Asked = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('list') }),
  z.object({
    verb: z.enum(['install', 'rename', 'export', 'import']),
    definition: InstanceDefinition,
    diskPaths: z.array(z.string()),
    about: InstanceAbout,
    oldName: z.string().default(''),
    /** What is written by `export` and read by `import`. */
    file: z.string().default(''),
    installMs: z.number().optional(),
  }),
]);

const asked = Asked.parse(JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')));
const installMs = asked.verb === 'list' ? undefined : asked.installMs;
const os = createScriptOs({ path: usualOsPath, logFolder: '/run/os-logs', ...(installMs && { installMs }) });
const report = { log: (line: string) => console.log(line), progress() {} };
try {
  if (asked.verb === 'list') console.log(JSON.stringify(await os.listScripts?.()));
  if (asked.verb === 'install') await os.install(asked, report);
  if (asked.verb === 'rename') await os.rename?.(asked, report);
  if (asked.verb === 'export') console.log(await os.exportDisk({ ...asked, to: asked.file }, report));
  if (asked.verb === 'import') await os.importDisk({ ...asked, from: asked.file }, report);
} catch (error) {
  console.log(JSON.stringify(toErrorBody(error)));
  process.exitCode = 1;
}
