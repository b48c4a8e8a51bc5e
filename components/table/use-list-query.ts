'use client';
// A list's page, order, search and filters live in the URL: Back, reload and bookmarks keep them.
import { parseAsString, useQueryStates } from 'nuqs';
import { useMemo } from 'react';
import type { z } from 'zod';
import { parseListQuery } from './list-query';

export type ListPatch = Record<string, string | number | undefined>;
export type List<Q> = {
  query: Q;
  /** Changes some parameters; all but a new page lead back to the first one. */
  set: (patch: ListPatch) => void;
  /** Whether anything narrows the list down. */
  isFiltered: boolean;
  clear: () => void;
};

const presentation = ['page', 'pageSize', 'sort', 'order'];

export function useListQuery<S extends z.ZodObject>(schema: S): List<z.output<S>> {
  const names = Object.keys(schema.shape);
  const parsers = useMemo(
    () => Object.fromEntries(Object.keys(schema.shape).map((name) => [name, parseAsString])),
    [schema],
  );
  const [params, setParams] = useQueryStates(parsers, { history: 'replace' });
  const query = useMemo(() => parseListQuery(schema, params), [schema, params]);
  const filters = names.filter((name) => !presentation.includes(name));
  return {
    query,
    set: (patch) => {
      const raw = Object.fromEntries(
        Object.entries(patch).map(([key, value]) => [
          key,
          value === undefined || value === '' ? null : String(value),
        ]),
      );
      const pageOfPatch = raw['page'] === '1' ? null : raw['page'];
      void setParams({ ...raw, page: pageOfPatch ?? null });
    },
    isFiltered: filters.some((name) => params[name]),
    clear: () => void setParams(Object.fromEntries([...filters, 'page'].map((name) => [name, null]))),
  };
}
