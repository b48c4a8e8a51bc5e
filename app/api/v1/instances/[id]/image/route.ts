import { Accepted } from '@/contract/schemas/common';
import { ImageSave } from '@/contract/schemas/image';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { saveImage } from '@/server/usecases/image-save';

export const POST = route({
  access: 'image.create',
  params: IdInPath,
  body: ImageSave,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => saveImage(ctx, { ...body, ...params }));
