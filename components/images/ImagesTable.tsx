'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { asAppError } from '@/client/fetch-json';
import { imagesQuery } from '@/client/images';
import { DataTable } from '@/components/table/DataTable';
import { FilterBar } from '@/components/table/FilterBar';
import { FilterSelect } from '@/components/table/FilterSelect';
import { useListQuery } from '@/components/table/use-list-query';
import { EmptyState } from '@/components/ui/EmptyState';
import { PageHeader } from '@/components/ui/PageHeader';
import { ImageListQuery, ImageState } from '@/contract/schemas/image';
import { AddImage } from './AddImage';
import { imageColumns } from './image-columns';

export function ImagesTable() {
  const t = useTranslations('images');
  const states = useTranslations('states.image');
  const list = useListQuery(ImageListQuery);
  const { data, error, isPlaceholderData } = useQuery({
    ...imagesQuery(list.query),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <PageHeader title={t('title')} actions={<AddImage />} />
      <FilterBar list={list} searchLabel={t('filters.search')}>
        <FilterSelect
          label={t('filters.state')}
          value={list.query.state}
          onChange={(state) => list.set({ state })}
          options={ImageState.options.map((state) => ({ value: state, label: states(state) }))}
        />
      </FilterBar>
      <DataTable
        label={t('title')}
        columns={imageColumns}
        page={data}
        error={error && asAppError(error)}
        list={list}
        isStale={isPlaceholderData}
        rowId={(image) => image.id}
        empty={
          <EmptyState title={t(list.isFiltered ? 'emptyFiltered' : 'emptyTitle')}>
            {!list.isFiltered && t('emptyText')}
          </EmptyState>
        }
      />
    </>
  );
}
