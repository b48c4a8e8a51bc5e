import type { OsChoice } from '@/contract/schemas/instance';
import { fullScriptName } from '@/contract/schemas/os-script';

/** One word for the audit. */
export function nameOs(os: OsChoice): string {
  if (os.kind === 'script') return fullScriptName(os);
  return os.kind === 'image' ? (os.name ?? os.imageId) : os.kind;
}
