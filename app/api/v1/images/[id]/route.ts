import { Accepted } from '@/contract/schemas/common';
import { Image, ImageUpdate } from '@/contract/schemas/image';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { getImage, removeImage, updateImage } from '@/server/usecases/images';

export const GET = route({ access: 'image.list', params: IdInPath, answers: Image })(({ ctx, params }) =>
  getImage(ctx, params),
);

export const PATCH = route({ access: 'image.update', params: IdInPath, body: ImageUpdate, answers: Image })(
  ({ ctx, params, body }) => updateImage(ctx, { ...body, ...params }),
);

export const DELETE = route({ access: 'image.remove', params: IdInPath, answers: Accepted, status: 202 })(
  ({ ctx, params }) => removeImage(ctx, params),
);
