// Loads the WebAssembly engine and binds it to a database.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { openAdapter } from './adapter.mjs';
import { openShadowDatabase } from './shadow-database.mjs';

const packageFolder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));

/** @returns {string} the commit of Prisma's engines that the package was built from */
export function engineVersion() {
  const { version } = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8'));
  return version.split('.').pop();
}

/**
 * @param {{ datamodels: string[], url?: string, shadowDatabaseUrl?: string }} options
 */
export async function loadEngine({ datamodels, url, shadowDatabaseUrl }) {
  const glue = await instantiate();
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => openAdapter(url),
    connectToShadowDb: () => openShadowDatabase({ url, shadowDatabaseUrl }),
  });
  const sources = datamodels.map((file) => [file, readFileSync(file, 'utf8')]);
  const engine = await glue.SchemaEngine.new(
    { datamodels: sources.length > 0 ? sources : undefined },
    logWhenDebugging,
    factory,
  );
  return { engine, findRealError: (error) => factory.errorRegistry.lookupError?.(error)?.error ?? error };
}

async function instantiate() {
  const glue = await import(path.join(packageFolder, 'schema_engine_bg.js'));
  const code = readFileSync(path.join(packageFolder, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(code, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue;
}

function logWhenDebugging(message) {
  if (!process.env.DEBUG) return;
  process.stderr.write(`${JSON.stringify({ level: 'INFO', fields: { message: String(message) } })}\n`);
}
