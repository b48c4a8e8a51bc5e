// Disk images of a cluster: what an operator adds, what the API answers, what an agent is told of one.
import { z } from 'zod';
import { fieldMessages } from '../field-messages';
import { Id } from '../names';
import { OperationName } from '../operations';
import { JobStatus } from '../states';
import { PageQuery, pageOf, Ref, Timestamp } from './common';
import { ScriptChoice } from './os-script';

/** What a file that is brought here may be. */
export const ForeignFormat = z.enum(['raw', 'qcow2']);
export type ForeignFormat = z.infer<typeof ForeignFormat>;

/** `script`: what the script `export` of an OS wrote, which only its `import` can read. */
export const ImageFormat = z.enum([...ForeignFormat.options, 'script']);
export type ImageFormat = z.infer<typeof ImageFormat>;

/** One printable line, so that a list and a form can show it. */
export const ImageName = z
  .string()
  .trim()
  .min(1, fieldMessages.nameMissing)
  .max(64, fieldMessages.imageNameForm)
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9 ._+()-]*$/, fieldMessages.imageNameForm);

export const Sha256 = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[0-9a-f]{64}$/, fieldMessages.sha256Form);

/**
 * `bytes`: of the file; `virtualBytes`: of the disk that it describes; `chunkBytes`: the most that one request of an upload brings;
 * `headBytes`: how much of a file is looked at to tell what it is; `fetchMs`: how long a download may take.
 */
export const imageLimits = {
  bytes: 64 * 1024 ** 3,
  virtualBytes: 2 * 1024 ** 4,
  chunkBytes: 4 * 1024 ** 2,
  headBytes: 64 * 1024,
  fetchMs: 4 * 3_600_000,
} as const;

export const ImageBytes = z.number().int().min(1).max(imageLimits.bytes, fieldMessages.imageTooLarge);

/** A password in it would be shown to every operator. */
const ImageUrl = z
  .url({ protocol: /^https?$/, error: fieldMessages.imageUrl })
  .max(2_048)
  .refine((text) => !/^https?:\/\/[^/?#]*@/i.test(text), fieldMessages.imageUrl);

export const ImageCreate = z.object({
  name: ImageName,
  format: ForeignFormat,
  /** Customers of the cluster may use it. */
  isPublic: z.boolean().default(false),
  source: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('url'), url: ImageUrl, sha256: Sha256 }),
    /** The content follows in chunks; `sha256` is checked where it is given. */
    z.object({ kind: z.literal('upload'), bytes: ImageBytes, sha256: Sha256.nullish() }),
  ]),
});
export type ImageCreate = z.infer<typeof ImageCreate>;
export type ImageCreateInput = z.input<typeof ImageCreate>;

/** Saves the first disk of a stopped instance as an image of its cluster. */
export const ImageSave = ImageCreate.pick({ name: true, isPublic: true });
export type ImageSave = z.infer<typeof ImageSave>;

export const ImageUpdate = z.object({ isPublic: z.boolean() });
export type ImageUpdate = z.infer<typeof ImageUpdate>;

export const ImageChunkQuery = z.object({
  offset: z.coerce.number().int().min(0).max(imageLimits.bytes).default(0),
});

/** `uploading`: chunks are still coming; `fetching`: a job brings it here or checks it. */
export const ImageState = z.enum(['uploading', 'fetching', 'ready', 'failed', 'removing']);
export type ImageState = z.infer<typeof ImageState>;

/** An image as operators see it. `virtualBytes` and `sha256` are null until they are known. */
export const Image = z.object({
  id: Id,
  name: z.string(),
  cluster: Ref,
  format: ImageFormat,
  isPublic: z.boolean(),
  state: ImageState,
  /** Why it failed. */
  problem: z.string().nullable(),
  source: z.enum(['url', 'upload', 'instance']),
  url: z.string().nullable(),
  bytes: z.number().int().nullable(),
  receivedBytes: z.number().int(),
  virtualBytes: z.number().int().nullable(),
  sha256: z.string().nullable(),
  /** Instances that were installed from it: how many, and the names of the first. */
  usedBy: z.object({ total: z.number().int(), names: z.array(z.string()) }),
  /** The unfinished job that works on it. */
  job: z.object({ id: z.number().int(), operation: OperationName, status: JobStatus }).nullable(),
  createdAt: Timestamp,
});
export type Image = z.infer<typeof Image>;

export const imageSortKeys = ['name', 'state', 'createdAt'] as const;

export const ImageListQuery = PageQuery.extend({
  clusterId: Id.optional(),
  state: ImageState.optional(),
  sort: z.enum(imageSortKeys).default('name'),
  order: z.enum(['asc', 'desc']).default('asc'),
});
export type ImageListQuery = z.infer<typeof ImageListQuery>;
export const ImagePage = pageOf(Image);
export type ImagePage = z.infer<typeof ImagePage>;

/** What a create form offers of one: it is ready, and whoever asks may use it. */
export const ImageOffer = z.object({
  id: Id,
  name: z.string(),
  virtualBytes: z.number().int(),
});
export type ImageOffer = z.infer<typeof ImageOffer>;

/** What is installed from an image. The control plane writes down its name, which outlives it, and for one of the format `script` whose it is. */
export const ImageChoice = z.object({
  kind: z.literal('image'),
  imageId: Id,
  name: ImageName.optional(),
  script: ScriptChoice.optional(),
});
export type ImageChoice = z.infer<typeof ImageChoice>;

const bytesPerMiB = 1024 * 1024;

/** The least disk that it fits on. */
export function imageDiskMiB({ virtualBytes }: { virtualBytes: number }): number {
  return Math.ceil(virtualBytes / bytesPerMiB);
}
