// The tiny OS for test suites: built once into .cache/tiny and kept there.
import { join } from 'node:path';
import type { OsDriver } from '../os-definition';
import { createTinyOs } from '../tiny';

export const folderForTests = join(import.meta.dirname, '../../../.cache/tiny');

export async function tinyOsForTests(): Promise<OsDriver> {
  const tiny = createTinyOs(folderForTests);
  await tiny.prepare({ log() {}, progress() {} });
  return tiny;
}

/** What it says at its serial line, and what it is told there. */
export const tinyGuest = {
  ...{ boots: /Linux version/, ready: /login: /, login: 'root', prompt: /root@\S+# / },
  ...{ powerOff: 'poweroff', restart: 'reboot' },
};
