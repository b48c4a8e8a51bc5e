import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/contract/paths';
import { Accepted } from '@/contract/schemas/common';
import {
  Image,
  type ImageCreate,
  imageLimits,
  type ImageListQuery,
  ImagePage,
  type ImageSave,
  type ImageUpdate,
} from '@/contract/schemas/image';
import { fetchJson, sendBytes } from './fetch-json';
import { keys } from './keys';

export const imagesQuery = (query: ImageListQuery) =>
  queryOptions({
    queryKey: keys.list('image', query),
    queryFn: ({ signal }) => fetchJson(api.images(query), { answers: ImagePage, signal }),
  });

export const useCreateImage = () => {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ clusterId, ...body }: { clusterId: string } & ImageCreate) =>
      fetchJson(api.clusterImages(clusterId), { answers: Image, method: 'POST', body }),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.lists('image') }),
    meta: { shownInline: true },
  });
};

export const useSaveImage = () => {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string } & ImageSave) =>
      fetchJson(api.instanceImage(id), { answers: Accepted, method: 'POST', body }),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.lists('image') }),
    meta: { shownInline: true },
  });
};

export const useUpdateImage = () =>
  useMutation({
    mutationFn: ({ id, ...body }: { id: string } & ImageUpdate) =>
      fetchJson(api.image(id), { answers: Image, method: 'PATCH', body }),
  });

export const useRemoveImage = () =>
  useMutation({
    mutationFn: ({ id }: { id: string }) => fetchJson(api.image(id), { answers: Accepted, method: 'DELETE' }),
    meta: { shownInline: true },
  });

export type Upload = { id: string; file: Blob; signal: AbortSignal; onProgress: (done: number) => void };

/** In chunks, one after another; the control plane says after each how far it has got. Rejects with the first refusal. */
export async function uploadImage({ id, file, signal, onProgress }: Upload): Promise<void> {
  for (let offset = 0; offset < file.size;) {
    const body = file.slice(offset, offset + imageLimits.chunkBytes);
    const image = await sendBytes(api.imageContent(id, offset), { answers: Image, body, signal });
    offset = image.receivedBytes;
    onProgress(offset / file.size);
  }
}
