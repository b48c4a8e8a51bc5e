// A scratch project on which the real Prisma command line runs, with the stand-in engine.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeTestFolder } from './test-folder';

const checkout = path.join(import.meta.dirname, '..', '..');

export type CommandResult = { exitCode: number | null; output: string };

const schemaHead = `generator client {
  provider = "prisma-client"
  output   = "../generated"
}

datasource db {
  provider = "postgresql"
}
`;

export class PrismaProject {
  readonly folder = makeTestFolder();
  readonly migrations = path.join(this.folder, 'prisma', 'migrations');

  constructor(private readonly databaseUrl: string) {
    mkdirSync(this.migrations, { recursive: true });
    symlinkSync(path.join(checkout, 'node_modules'), path.join(this.folder, 'node_modules'));
    cpSync(path.join(checkout, 'prisma.config.ts'), path.join(this.folder, 'prisma.config.ts'));
    writeFileSync(path.join(this.migrations, 'migration_lock.toml'), 'provider = "postgresql"\n');
  }

  writeSchema(models: string): void {
    writeFileSync(path.join(this.folder, 'prisma', 'schema.prisma'), `${schemaHead}\n${models}\n`);
  }

  writeMigration(name: string, sql: string): void {
    mkdirSync(path.join(this.migrations, name), { recursive: true });
    writeFileSync(path.join(this.migrations, name, 'migration.sql'), sql);
  }

  run(...args: string[]): Promise<CommandResult> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, ['node_modules/prisma/build/index.js', ...args], {
        cwd: this.folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          DATABASE_URL: this.databaseUrl,
          PRISMA_SCHEMA_ENGINE_BINARY: path.join(checkout, 'tools', 'schema-engine.mjs'),
          PRISMA_HIDE_UPDATE_MESSAGE: '1',
          NO_COLOR: '1',
        },
      });
      let output = '';
      child.stdout.on('data', (chunk) => (output += chunk));
      child.stderr.on('data', (chunk) => (output += chunk));
      child.on('close', (exitCode) => resolve({ exitCode, output }));
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
