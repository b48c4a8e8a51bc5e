import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres } from '../postgres';
import { withConnection } from '../postgres/connection';
import { isAlive } from '../postgres/server-process';
import { makeTestFolder } from '../testing/test-folder';
import { openDatabase } from './database';
import { readSettings } from './settings';

let folder: string;

beforeEach(() => {
  folder = makeTestFolder();
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the database of a start', () => {
  it('leaves no server behind when it cannot be made', async () => {
    const settings = readSettings(folder, { NODE_ENV: 'test', CORRAL_DATA: folder });
    const server = await startPostgres({ folder: path.join(folder, 'postgres'), durable: false });
    // PostgreSQL copies its template only while nobody is connected to it.
    await withConnection({ url: server.url('template1') }, async () => {
      const opening = openDatabase({ settings, say: () => undefined, signal: new AbortController().signal });
      await expect(opening).rejects.toThrow('"template1" is being accessed by other users');
    });
    expect(isAlive(server.pid)).toBe(false);
  });
});
