// Bringing disk images to the node.
import type { NodeParts } from '../node-parts';
import type { Handlers } from './handlers';
import { inContext } from './in-context';

type ImageCalls = Pick<Handlers, 'image.look' | 'image.write' | 'image.finish' | 'image.keepOnly'>;

export function createImageCalls({ drivers: { images } }: NodeParts): ImageCalls {
  return {
    'image.look': (image) => inContext('Cannot look for the image', () => images.look(image)),
    'image.write': ({ imageId, offset, data }) =>
      inContext('Cannot take the image', async () => ({
        haveBytes: await images.write({ imageId, offset, data: Buffer.from(data, 'base64') }),
      })),
    'image.finish': (image, call) => inContext('Cannot use the image', () => images.finish(image, call)),
    'image.keepOnly': ({ imageIds }) =>
      inContext('Cannot remove images', async () => {
        await images.keepOnly(imageIds);
        return {};
      }),
  };
}
