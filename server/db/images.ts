// Disk images as the API answers them: to operators whole, to customers as what they may choose.
import {
  Image,
  ImageFormat,
  type ImageListQuery,
  type ImageOffer,
  ImageState,
} from '@/contract/schemas/image';
import type { Queryable } from './client';
import type { Prisma } from './generated/client';
import { holdingJobs } from './instances';
import { escapeLike, isOperator, toTimestamp, type Viewer } from './viewer';

const withCluster = { cluster: { select: { id: true, name: true } } } as const satisfies Prisma.ImageInclude;
type ImageRow = Prisma.ImageGetPayload<{ include: typeof withCluster }>;
type Around = Pick<Image, 'job' | 'usedBy'>;

/** How many names of instances are told. */
const toldNames = 5;

export async function loadImages(db: Queryable, ids: string[], viewer: Viewer): Promise<Map<string, Image>> {
  if (!isOperator(viewer)) return new Map();
  const rows = await db.image.findMany({ where: { id: { in: ids } }, include: withCluster });
  const views = await imageViews(db, rows);
  return new Map(views.map((view) => [view.id, view]));
}

/** For operators: the use case has checked that. */
export async function listImageViews(
  db: Queryable,
  { clusterId, state, search, sort, order, page, pageSize }: ImageListQuery,
): Promise<{ items: Image[]; total: number }> {
  const where: Prisma.ImageWhereInput = {
    ...{ clusterId, state },
    name: search ? { contains: escapeLike(search), mode: 'insensitive' } : undefined,
  };
  const [total, rows] = await Promise.all([
    db.image.count({ where }),
    db.image.findMany({
      ...{ where, include: withCluster },
      orderBy: [{ [sort]: order }, { name: order }, { id: order }],
      skip: (page - 1) * pageSize,
      take: pageSize,
    }),
  ]);
  return { total, items: await imageViews(db, rows) };
}

/** Those that are ready and that the viewer may use, by the ids of their clusters. */
export async function loadImageOffers(db: Queryable, viewer: Viewer): Promise<Map<string, ImageOffer[]>> {
  const rows = await db.image.findMany({
    where: { state: 'ready', isPublic: isOperator(viewer) ? undefined : true },
    orderBy: { name: 'asc' },
  });
  const offers = new Map<string, ImageOffer[]>();
  for (const { id, name, clusterId, virtualBytes } of rows) {
    const own = offers.get(clusterId) ?? [];
    offers.set(clusterId, [...own, { id, name, virtualBytes: Number(virtualBytes) }]);
  }
  return offers;
}

async function imageViews(db: Queryable, rows: ImageRow[]): Promise<Image[]> {
  const ids = rows.map(({ id }) => id);
  const [jobs, uses] = await Promise.all([holdingJobs(db, ids), readUses(db, ids)]);
  return rows.map((row) =>
    imageView(row, {
      job: jobs.get(row.id) ?? null,
      usedBy: uses.get(row.id) ?? { total: 0, names: [] },
    }),
  );
}

function imageView(row: ImageRow, around: Around): Image {
  const { id, name, cluster, isPublic, problem, url, sha256 } = row;
  return {
    ...{ id, name, cluster, isPublic, problem, url, sha256, ...around },
    format: ImageFormat.parse(row.format),
    state: ImageState.parse(row.state),
    source: Image.shape.source.parse(row.source),
    bytes: row.bytes === null ? null : Number(row.bytes),
    receivedBytes: Number(row.receivedBytes),
    virtualBytes: row.virtualBytes === null ? null : Number(row.virtualBytes),
    createdAt: toTimestamp(row.createdAt),
  };
}

async function readUses(db: Queryable, ids: string[]): Promise<Map<string, Image['usedBy']>> {
  if (ids.length === 0) return new Map();
  const rows = await db.$queryRaw<{ imageId: string; total: number; names: string[] }[]>`
    SELECT os->>'imageId' AS "imageId", count(*)::int AS total, (array_agg(name ORDER BY name))[1:${toldNames}::int] AS names
    FROM "Instance" WHERE os->>'imageId' = ANY(${ids}) GROUP BY 1`;
  return new Map(rows.map(({ imageId, total, names }) => [imageId, { total, names }]));
}
