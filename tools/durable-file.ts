// Small files that survive a power failure whole: written aside, synced, renamed. Who reads sees the old text or the new one, never a part.
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export function writeDurably(file: string, text: string, mode: number): void {
  const aside = `${file}.new`;
  const descriptor = openSync(aside, 'w', mode);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameDurably(aside, file);
}

/** A new name is on the disk only when its folder is. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to);
  const folder = openSync(path.dirname(to), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
