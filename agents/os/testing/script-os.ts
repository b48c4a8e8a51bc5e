// OS definitions for tests: real scripts in a folder that lasts for one test.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstanceAbout, InstanceDefinition } from '@/contract/agent-calls';
import type { ScriptChoice } from '@/contract/schemas/os-script';
import { defineSimulated } from '../../testing/definitions';
import { makeTempFolder } from '../../testing/temp-folder';
import { createScriptOs } from '../script';

export type Definition = Record<string, string>;

/** Files without a dot are scripts: what is given is what they do, in bash. */
export async function writeDefinition(parent: string, name: string, files: Definition): Promise<string> {
  const folder = join(parent, name);
  await mkdir(folder, { recursive: true });
  const all = { ganeti_api_version: '20\n15\n10\n5\n', 'parameters.list': '', verify: 'true', ...files };
  for (const [file, text] of Object.entries(all)) {
    const isScript = !file.includes('.') && file !== 'ganeti_api_version';
    await writeFile(join(folder, file), isScript ? `#!/bin/bash\n${text}\n` : text);
    if (isScript) await chmod(join(folder, file), 0o755);
  }
  return folder;
}

export const about: InstanceAbout = {
  primaryNode: 'node1',
  secondaryNodes: ['node2'],
  createdAt: '2026-01-02T03:04:05.678Z',
  changedAt: '2026-02-03T04:05:06Z',
};

export function withScriptOs(
  choice: Partial<ScriptChoice> = {},
  more: Partial<InstanceDefinition> = {},
): InstanceDefinition {
  const os = { kind: 'script', name: 'test', variant: null, params: {}, ...choice } as const;
  return defineSimulated('web1', { os, ...more });
}

/** An OS of the name `test` that these scripts install. */
export async function makeScriptOs(
  files: Definition,
  options: { installMs?: number; graceMs?: number } = {},
) {
  const folder = await makeTempFolder();
  await writeDefinition(folder, 'test', files);
  const disk = join(folder, 'disk.raw');
  await writeFile(disk, '');
  const logFolder = join(folder, 'logs');
  const told: string[] = [];
  const report = { log: (line: string) => void told.push(line), progress() {} };
  const os = createScriptOs({ path: [folder], logFolder, ...options });
  return { os, folder, disk, logFolder, told, report };
}
