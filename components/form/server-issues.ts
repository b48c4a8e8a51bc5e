// A refusal of the server at the fields it is about: `details.issues` of a problem, each with the path of a field.
import type { FieldValues, UseFormReturn } from 'react-hook-form';
import { z } from 'zod';

const Issues = z.object({
  details: z.object({
    issues: z.array(z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() })),
  }),
});

/** Whether at least one issue found its field; then the panel with the whole error is not needed. */
export function showServerIssues<In extends FieldValues, Out>(
  form: UseFormReturn<In, unknown, Out>,
  error: unknown,
): boolean {
  const parsed = Issues.safeParse(error);
  const issues = parsed.success ? parsed.data.details.issues : [];
  const names = issues.map(({ path, message }) => ({ name: path.join('.'), message }));
  let isFirst = true;
  for (const { name, message } of names) {
    // The server names fields as the form does, because both use the same schema; what is no field is ignored by the form.
    Reflect.apply(form.setError, form, [name, { type: 'server', message }, { shouldFocus: isFirst }]);
    isFirst = false;
  }
  return names.length > 0;
}
