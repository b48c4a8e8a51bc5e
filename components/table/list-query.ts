// A list's query as it stands in the URL. The server's page and the browser read it alike, so both name the same cache entry.
import type { z } from 'zod';

type RawParams = Record<string, string | string[] | null | undefined>;

/** Parses what is valid; anything else in the address falls back to its default instead of an error page. */
export function parseListQuery<S extends z.ZodObject>(schema: S, params: RawParams): z.output<S> {
  const raw = Object.fromEntries(
    Object.keys(schema.shape).flatMap((key) => {
      const value = params[key];
      const first = Array.isArray(value) ? value[0] : value;
      return first === undefined || first === null ? [] : [[key, first]];
    }),
  );
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  for (const { path } of parsed.error.issues) delete raw[String(path[0])];
  return schema.parse(raw);
}
