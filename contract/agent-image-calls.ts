// The calls with which a disk image comes to a node: it is sent in chunks, checked there, and kept until it is removed or room is needed.
import { z } from 'zod';
import { Id } from './names';
import { ImageBytes, ImageFormat, imageLimits, Sha256 } from './schemas/image';

/** What the node has to know of an image: its content never changes. */
export const ImageRef = z.object({ imageId: Id, format: ImageFormat, sha256: Sha256, bytes: ImageBytes });
export type ImageRef = z.infer<typeof ImageRef>;

export const SavedImage = ImageRef.omit({ imageId: true });
export type SavedImage = z.infer<typeof SavedImage>;

/** `haveBytes`: how much of the file is there already; all of it once it is ready. `virtualBytes`: known once it is ready. */
export const ImageStatus = z.object({
  state: z.enum(['partial', 'ready']),
  haveBytes: z.number().int().min(0),
  virtualBytes: z.number().int().min(0).nullable(),
});
export type ImageStatus = z.infer<typeof ImageStatus>;

/** Of the file, so that its base64 form fits into the body of one call. */
export const imageChunkBytes = 512 * 1024;
const chunkCharacters = Math.ceil(imageChunkBytes / 3) * 4;

const none = z.object({});

export const imageCalls = {
  'image.look': {
    says: 'How much of an image is on the node; `no_resources` where the rest of it has no room',
    params: ImageRef,
    result: ImageStatus,
    timeout: 'short',
  },
  'image.write': {
    says: 'Put a chunk (base64) at its place behind what is there; answers how much is there then',
    params: z.object({
      imageId: Id,
      offset: z.number().int().min(0).max(imageLimits.bytes),
      data: z.string().max(chunkCharacters),
    }),
    result: z.object({ haveBytes: z.number().int() }),
    timeout: 'short',
  },
  'image.finish': {
    says: 'Compare the checksum, check what it is, and make a plain file of it; what does not pass is removed',
    params: ImageRef,
    result: z.object({ virtualBytes: z.number().int() }),
    timeout: 'long',
    stream: true,
  },
  'image.readSaved': {
    says: 'A part (base64) of what saving a disk as this image has written; empty behind its end',
    params: z.object({ imageId: Id, offset: z.number().int().min(0).max(imageLimits.bytes) }),
    result: z.object({ data: z.string().max(chunkCharacters) }),
    timeout: 'short',
  },
  'image.dropSaved': {
    says: 'Remove what saving a disk as this image has written, if there is any',
    params: z.object({ imageId: Id }),
    result: none,
    timeout: 'short',
  },
  'image.keepOnly': {
    says: 'Remove all images but these, also what was saved; those that are being worked with stay',
    params: z.object({ imageIds: z.array(Id).max(10_000) }),
    result: none,
    timeout: 'short',
  },
} as const;
