import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** `mkdir -p`. Node's own `recursive` never comes back where the kernel answers ENOENT for a new folder, as in /proc. */
export function makeFolder(folder: string, mode: number): void {
  const missing: string[] = [];
  for (let step = path.resolve(folder); !existsSync(step); step = path.dirname(step)) missing.unshift(step);
  for (const step of missing) mkdirSync(step, { mode });
}
