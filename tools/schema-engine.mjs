#!/usr/bin/env node
// Stands in for Prisma's native `schema-engine` binary, which has to be downloaded: the Prisma CLI starts whatever
// PRISMA_SCHEMA_ENGINE_BINARY names and speaks JSON-RPC with it. Answers come from @prisma/schema-engine-wasm, Prisma's
// own engine compiled to WebAssembly, over @prisma/adapter-pg. See docs/prisma-offline.md.
import { parseArguments } from './schema-engine/arguments.mjs';
import { runDatabaseCommand } from './schema-engine/database-commands.mjs';
import { engineVersion } from './schema-engine/engine.mjs';
import { serve } from './schema-engine/json-rpc.mjs';

const options = parseArguments(process.argv.slice(2));

if (options.isVersionAsked) {
  console.log(`schema-engine-wasm ${engineVersion()}`);
} else if (options.databaseCommand) {
  process.exitCode = await runDatabaseCommand(options.databaseCommand, options.url);
} else {
  serve(options);
}
