import { Image, ImageChunkQuery, imageLimits } from '@/contract/schemas/image';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { uploadChunk } from '@/server/usecases/image-upload';

export const PUT = route({
  access: 'image.create',
  params: IdInPath,
  query: ImageChunkQuery,
  binaryBytes: imageLimits.chunkBytes,
  answers: Image,
})(({ ctx, params, query, binary }) => uploadChunk(ctx, { ...params, ...query, data: binary }));
