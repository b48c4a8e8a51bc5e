import type { ForeignFormat } from '@/contract/schemas/image';

/** What a file's name lets one expect. Whoever adds the image sees it, and may say otherwise. */
export function guessImage(fileName: string): { name: string; format: ForeignFormat } {
  const name = fileName
    .replace(/\.(qcow2|img|raw|bin)$/i, '')
    .replace(/[^a-zA-Z0-9 ._+()-]+/g, '-')
    .replace(/^[^a-zA-Z0-9]+/, '')
    .slice(0, 64);
  return { name, format: /\.(raw|bin)$/i.test(fileName) ? 'raw' : 'qcow2' };
}
