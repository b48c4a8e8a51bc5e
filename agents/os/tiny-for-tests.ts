// The tiny OS for test suites: built once into .cache/tiny and kept there.
import { join } from 'node:path';
import type { OsDriver } from './os-definition';
import { createTinyOs } from './tiny';

export async function tinyOsForTests(): Promise<OsDriver> {
  const tiny = createTinyOs(join(import.meta.dirname, '../../.cache/tiny'));
  await tiny.prepare({ log() {}, progress() {} });
  return tiny;
}
