// The image files of this control plane.
import path from 'node:path';
import { env } from '../env';
import { createImageStore, type ImageStore } from './image-store';

let shared: ImageStore | undefined;

export function sharedImageStore(): ImageStore {
  shared ??= createImageStore({
    folder: path.join(env().CORRAL_DATA, 'images'),
    allowsPrivate: env().CORRAL_PRIVATE_IMAGE_URLS === '1',
  });
  return shared;
}
