import { ImageListQuery, ImagePage } from '@/contract/schemas/image';
import { route } from '@/server/http/route';
import { listImages } from '@/server/usecases/images';

export const GET = route({ access: 'image.list', query: ImageListQuery, answers: ImagePage })(
  ({ ctx, query }) => listImages(ctx, query),
);
