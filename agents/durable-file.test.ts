import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder, readText, writeDurably } from './durable-file';
import { makeTempFolder } from './testing/temp-folder';

it('makes all folders that are missing for its own user alone, and leaves those that are there', async () => {
  const folder = await makeTempFolder();
  await mkdir(path.join(folder, 'there'), { mode: 0o755 });
  const deep = path.join(folder, 'there', 'a', 'b');
  await makeFolder(deep);
  await makeFolder(deep);
  const modes = await Promise.all(
    ['there', 'there/a', 'there/a/b'].map(async (name) => (await stat(path.join(folder, name))).mode & 0o777),
  );
  expect(modes).toEqual([0o755, 0o700, 0o700]);
});

it('writes a file into a folder that is not there yet, and replaces it', async () => {
  const file = path.join(await makeTempFolder(), 'a', 'b', 'file.json');
  expect(await readText(file)).toBeNull();
  await writeDurably(file, 'one');
  await writeDurably(file, 'two');
  expect(await readText(file)).toBe('two');
});
