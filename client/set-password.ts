// Redeems a one-time link. Free of Zod and of the query cache: it is part of a first page.
import { api } from '@/contract/paths';

type PasswordSet = { token: string; password: string; login?: string; name?: string };

/** `fields`: what is wrong with a field, by its name; `message`: everything else, null where a field says it. */
export type PasswordRefusal = { message: string | null; fields: Record<string, string> };

export async function setPassword(body: PasswordSet): Promise<PasswordRefusal | null> {
  try {
    const response = await fetch(api.passwordSet(), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.ok ? null : readRefusal(await response.json());
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error), fields: {} };
  }
}

function readRefusal(problem: unknown): PasswordRefusal {
  const issues: unknown = Reflect.get(Object(Reflect.get(Object(problem), 'details')), 'issues');
  const entries = (Array.isArray(issues) ? issues : []).map((issue: unknown) => {
    const { path, message } = Object(issue);
    return [String(Array.isArray(path) ? path[0] : path), String(message)] as const;
  });
  const message = entries.length > 0 ? null : String(Reflect.get(Object(problem), 'message'));
  return { message, fields: Object.fromEntries(entries) };
}
