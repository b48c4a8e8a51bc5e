import { imagesQuery } from '@/client/images';
import { prefetch, Prefetched } from '@/client/prefetched';
import { ImagesTable } from '@/components/images/ImagesTable';
import { parseListQuery } from '@/components/table/list-query';
import { ImageListQuery } from '@/contract/schemas/image';
import { pageActor } from '@/server/auth/page-actor';
import { listImages } from '@/server/usecases/images';

export default async function ImagesPage({ searchParams }: PageProps<'/images'>) {
  const ctx = await pageActor();
  const query = parseListQuery(ImageListQuery, await searchParams);
  return (
    <Prefetched queries={[prefetch(imagesQuery(query), () => listImages(ctx, query))]}>
      <ImagesTable />
    </Prefetched>
  );
}
