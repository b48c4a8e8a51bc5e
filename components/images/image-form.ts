import type { UseFormReturn } from 'react-hook-form';
import type { z } from 'zod';
import { Id } from '@/contract/names';
import { ImageCreate } from '@/contract/schemas/image';

export const ImageValues = ImageCreate.extend({ clusterId: Id });
export type ImageInput = z.input<typeof ImageValues>;
export type ImageForm = UseFormReturn<ImageInput, unknown, z.output<typeof ImageValues>>;

/** What each source starts with. */
export const sources = {
  url: { kind: 'url', url: '', sha256: '' },
  upload: { kind: 'upload', bytes: 0, sha256: null },
} as const;

export const firstImageValues = { name: '', format: 'qcow2', isPublic: false, source: sources.url } as const;
