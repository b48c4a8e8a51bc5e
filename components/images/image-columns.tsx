'use client';
import type { ColumnDef } from '@tanstack/react-table';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { ImageBadge } from '@/components/state/ImageBadge';
import { ColumnTitle } from '@/components/table/ColumnTitle';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { pages } from '@/contract/paths';
import type { Image } from '@/contract/schemas/image';
import { BytesText } from './BytesText';
import { ImageMenu } from './ImageMenu';

export const imageColumns: ColumnDef<Image>[] = [
  {
    id: 'name',
    header: () => <ColumnTitle text="images.columns.name" />,
    cell: ({ row: { original: image } }) => <ImageName image={image} />,
    meta: { priority: 1, sort: 'name' },
  },
  {
    id: 'state',
    header: () => <ColumnTitle text="images.columns.state" />,
    cell: ({ row: { original: image } }) => <ImageState image={image} />,
    meta: { priority: 1, width: '11rem', sort: 'state' },
  },
  {
    id: 'cluster',
    header: () => <ColumnTitle text="images.columns.cluster" />,
    cell: ({ row: { original: image } }) => <span className="text-soft">{image.cluster.name}</span>,
    meta: { priority: 2, width: '9rem' },
  },
  {
    id: 'format',
    header: () => <ColumnTitle text="images.columns.format" />,
    cell: ({ row: { original: image } }) => <span className="text-soft">{image.format}</span>,
    meta: { priority: 3, width: '6rem' },
  },
  {
    id: 'disk',
    header: () => <ColumnTitle text="images.columns.disk" />,
    cell: ({ row: { original: image } }) => <BytesText bytes={image.virtualBytes} />,
    meta: { priority: 2, align: 'right', width: '7rem' },
  },
  {
    id: 'file',
    header: () => <ColumnTitle text="images.columns.file" />,
    cell: ({ row: { original: image } }) => <BytesText bytes={image.bytes} />,
    meta: { priority: 3, align: 'right', width: '7rem' },
  },
  {
    id: 'use',
    header: () => <ColumnTitle text="images.columns.use" />,
    cell: ({ row: { original: image } }) => <WhoMayUse image={image} />,
    meta: { priority: 2, width: '9rem' },
  },
  {
    id: 'usedBy',
    header: () => <ColumnTitle text="images.columns.usedBy" />,
    cell: ({ row: { original: image } }) => (
      <span title={image.usedBy.names.join(', ') || undefined}>{image.usedBy.total}</span>
    ),
    meta: { priority: 3, align: 'right', width: '7rem' },
  },
  {
    id: 'created',
    header: () => <ColumnTitle text="images.columns.created" />,
    cell: ({ row: { original: image } }) => (
      <RelativeTime at={image.createdAt} className="whitespace-nowrap text-soft" />
    ),
    meta: { priority: 3, width: '8rem', sort: 'createdAt' },
  },
  {
    id: 'actions',
    header: () => <span className="sr-only">{<ColumnTitle text="images.columns.actions" />}</span>,
    cell: ({ row: { original: image } }) => <ImageMenu image={image} />,
    meta: { priority: 1, width: '3rem' },
  },
];

function ImageName({ image: { name, problem, url } }: { image: Image }) {
  const note = problem ?? url;
  return (
    <span className="block max-w-96 py-1">
      <span className="block truncate font-medium" title={name}>
        {name}
      </span>
      {note && (
        <span
          className={`block text-sm ${problem ? 'whitespace-normal text-broken' : 'truncate text-faint'}`}
          title={note}
        >
          {note}
        </span>
      )}
    </span>
  );
}

function ImageState({ image }: { image: Image }) {
  const t = useTranslations('images');
  return (
    <span className="grid">
      <ImageBadge image={image} />
      {image.job && (
        <Link href={pages.job(image.job.id)} className="text-sm text-faint hover:text-accent hover:underline">
          {t('job', { id: image.job.id })}
        </Link>
      )}
    </span>
  );
}

function WhoMayUse({ image }: { image: Image }) {
  const t = useTranslations('images');
  return <span className="text-soft">{t(image.isPublic ? 'everybody' : 'operators')}</span>;
}
