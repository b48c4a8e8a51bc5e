// What a change does to one page of a list. Pure.
// Invariant: a page is patched only where that is certainly right; where membership or order may have changed, it says `isStale`.
import type { Page } from '@/contract/schemas/common';

type Item = { id: string | number };
export type PageChange<T extends Item> = { id: string; data: T | null };

/** What of an item decides whether and where a list shows it, by the name of the list's query parameter. */
export type Places<T> = Record<string, (item: T) => unknown>;

export type Patched<T> = { page: Page<T>; isStale: boolean };

export function patchPage<T extends Item>(
  page: Page<T>,
  change: PageChange<T>,
  { query, places }: { query: Record<string, unknown>; places: Places<T> },
): Patched<T> {
  const { data } = change;
  const before = page.items.find((item) => String(item.id) === change.id);
  if (!before) return { page, isStale: data !== null };
  if (data === null) return { page: without(page, change.id), isStale: true };
  const items = page.items.map((item) => (item === before ? data : item));
  return { page: { ...page, items }, isStale: hasMoved({ query, places }, before, data) };
}

function without<T extends Item>(page: Page<T>, id: string): Page<T> {
  const items = page.items.filter((item) => String(item.id) !== id);
  return { ...page, items, total: Math.max(items.length, page.total - 1) };
}

type List<T> = { query: Record<string, unknown>; places: Places<T> };

function hasMoved<T>({ query, places }: List<T>, before: T, after: T): boolean {
  const used = Object.entries(query).flatMap(([key, value]) => {
    if (value === undefined || value === '') return [];
    return key === 'sort' ? [String(value)] : [key];
  });
  return used.some((key) => places[key] && places[key](before) !== places[key](after));
}
