import { Image, ImageCreate } from '@/contract/schemas/image';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { createImage } from '@/server/usecases/images';

export const POST = route({
  access: 'image.create',
  params: IdInPath,
  body: ImageCreate,
  answers: Image,
  status: 201,
})(({ ctx, params, body }) => createImage(ctx, { ...body, ...params }));
