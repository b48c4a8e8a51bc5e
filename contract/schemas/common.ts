// Shapes that several resources share.
import { z } from 'zod';
import { Id } from '../names';

export const Timestamp = z.iso.datetime({ offset: true });

/** A named pointer to another resource, so that lists need no second request. */
export const Ref = z.object({ id: Id, name: z.string() });
export type Ref = z.infer<typeof Ref>;

export const pageSizes = { default: 50, max: 200 } as const;

export const PageQuery = z.object({
  page: z.coerce.number().int().min(1).max(100_000).default(1),
  pageSize: z.coerce.number().int().min(1).max(pageSizes.max).default(pageSizes.default),
  search: z.string().trim().max(100).default(''),
});

/** One page of a list, with the number of all matching rows. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    total: z.number().int(),
    page: z.number().int(),
    pageSize: z.number().int(),
  });
}
export type Page<T> = { items: T[]; total: number; page: number; pageSize: number };

/** The answer to every accepted write that takes time: follow the job. */
export const Accepted = z.object({ jobId: z.number().int(), instanceId: Id.optional() });
export type Accepted = z.infer<typeof Accepted>;
