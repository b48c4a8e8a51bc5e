// Finds the OS definitions of the node: folders with Ganeti's scripts and lists. What is wrong with one is told instead of hiding it.
import { constants } from 'node:fs';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@/contract/errors';
import { ScriptName, type ScriptOffer, ScriptParam, ScriptVariant } from '@/contract/schemas/os-script';
import { ifMissing } from '../missing-file';

export type ScriptKind = 'create' | 'import' | 'export' | 'rename' | 'verify';

export type ScriptDefinition = Omit<ScriptOffer, 'problem'> & {
  folder: string;
  apiVersion: 10 | 15 | 20;
  scripts: ScriptKind[];
};

export type FoundDefinition = { offer: ScriptOffer; definition: ScriptDefinition | null };

/** The versions of the interface that are spoken here, best first. */
const apiVersions = [20, 15, 10] as const;

/** By name. Where two folders of the path have one of the same name, the first counts. */
export async function findDefinitions(path: readonly string[]): Promise<FoundDefinition[]> {
  const found = new Map<string, FoundDefinition>();
  for (const parent of path) {
    const names = await readdir(parent).catch(ifMissing<string[]>([]));
    for (const name of names.filter((one) => ScriptName.safeParse(one).success && !found.has(one))) {
      const folder = join(parent, name);
      if (await isFolder(folder)) found.set(name, await look(name, folder));
    }
  }
  return [...found.values()].sort((a, b) => (a.offer.name < b.offer.name ? -1 : 1));
}

/** `not_found`, or `unavailable` with what is wrong with it. */
export async function needDefinition(path: readonly string[], name: string): Promise<ScriptDefinition> {
  const found = (await findDefinitions(path)).find(({ offer }) => offer.name === name);
  if (found?.definition) return found.definition;
  if (!found) throw new AppError('not_found', `the node has no OS ${name} in ${path.join(', ')}`);
  throw new AppError('unavailable', `the node's OS ${name} is not valid: ${found.offer.problem}`);
}

async function look(name: string, folder: string): Promise<FoundDefinition> {
  try {
    const definition = await readDefinition(name, folder);
    const { variants, parameters } = definition;
    return { definition, offer: { name, variants, parameters, problem: null } };
  } catch (error) {
    const problem = (error instanceof Error ? error.message : String(error)).slice(0, 1_000);
    return { definition: null, offer: { name, variants: [], parameters: [], problem } };
  }
}

async function readDefinition(name: string, folder: string): Promise<ScriptDefinition> {
  const apiVersion = await readApiVersion(folder);
  const kinds = ['create', 'import', 'export', 'rename', 'verify'] as const;
  const there = await Promise.all(kinds.map((kind) => isScript(folder, kind)));
  const scripts = kinds.filter((_, index) => there[index]);
  if (!scripts.includes('create')) {
    const untrusted = (await isScript(folder, 'create_untrusted')) ? ' but create_untrusted' : '';
    throw new AppError('invalid', `it has no script create that can be run${untrusted}`);
  }
  if (apiVersion === 20 && !scripts.includes('verify'))
    throw new AppError('invalid', 'it has no script verify, which version 20 asks for');
  return {
    ...{ name, folder, apiVersion, scripts },
    variants: apiVersion >= 15 ? await readVariants(folder) : [],
    parameters: apiVersion === 20 ? await readParameters(folder) : [],
  };
}

async function readApiVersion(folder: string): Promise<ScriptDefinition['apiVersion']> {
  const text = await readList(folder, 'ganeti_api_version');
  if (text === null) throw new AppError('invalid', 'it has no ganeti_api_version');
  const own = parseLines(text).map(Number);
  const version = apiVersions.find((one) => own.includes(one));
  if (version) return version;
  throw new AppError('invalid', `its API version is ${own.join(', ')}, not ${apiVersions.join(', ')}`);
}

async function readVariants(folder: string): Promise<string[]> {
  const names = parseLines((await readList(folder, 'variants.list')) ?? '');
  const odd = names.find((name) => !ScriptVariant.safeParse(name).success);
  if (odd === undefined) return names;
  throw new AppError('invalid', `it has a variant that cannot be one: ${JSON.stringify(odd.slice(0, 64))}`);
}

async function readParameters(folder: string): Promise<ScriptOffer['parameters']> {
  const text = await readList(folder, 'parameters.list');
  if (text === null) throw new AppError('invalid', 'it has no parameters.list, which version 20 asks for');
  return parseParameters(text);
}

/** `name description` in each line. Throws where a name cannot be one. */
export function parseParameters(text: string): ScriptOffer['parameters'] {
  return parseLines(text).map((line) => {
    const [, name = '', description = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
    if (ScriptParam.safeParse(name).success) return { name, description: description.slice(0, 1_000) };
    throw new AppError(
      'invalid',
      `it has a parameter that cannot be one: ${JSON.stringify(name.slice(0, 64))}`,
    );
  });
}

function parseLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** null where there is no such file; a link that leads nowhere is an error. */
async function readList(folder: string, name: string): Promise<string | null> {
  const names = await readdir(folder);
  return names.includes(name) ? readFile(join(folder, name), 'utf8') : null;
}

async function isScript(folder: string, name: string): Promise<boolean> {
  const file = join(folder, name);
  const isFile = (await stat(file).catch(ifMissing(null)))?.isFile() ?? false;
  return (
    isFile &&
    access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
  );
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}
