// Bringing disk images to the node, and fetching from it what it saved as one.
import { imageChunkBytes } from '@/contract/agent-image-calls';
import type { NodeParts } from '../node-parts';
import type { Handlers } from './handlers';
import { inContext } from './in-context';

type ImageCalls = Pick<
  Handlers,
  'image.look' | 'image.write' | 'image.finish' | 'image.readSaved' | 'image.dropSaved' | 'image.keepOnly'
>;

export function createImageCalls({ drivers: { images, saved } }: NodeParts): ImageCalls {
  return {
    'image.look': (image) => inContext('Cannot look for the image', () => images.look(image)),
    'image.write': ({ imageId, offset, data }) =>
      inContext('Cannot take the image', async () => ({
        haveBytes: await images.write({ imageId, offset, data: Buffer.from(data, 'base64') }),
      })),
    'image.finish': (image, call) => inContext('Cannot use the image', () => images.finish(image, call)),
    'image.readSaved': ({ imageId, offset }) =>
      inContext('Cannot hand over what was saved', async () => {
        const data = await saved.read({ imageId, offset, length: imageChunkBytes });
        return { data: data.toString('base64') };
      }),
    'image.dropSaved': ({ imageId }) =>
      inContext('Cannot remove what was saved', async () => {
        await saved.drop(imageId);
        return {};
      }),
    'image.keepOnly': ({ imageIds }) =>
      inContext('Cannot remove images', async () => {
        await images.keepOnly(imageIds);
        await saved.keepOnly(imageIds);
        return {};
      }),
  };
}
