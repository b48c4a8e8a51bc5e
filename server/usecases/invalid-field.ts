import { AppError } from '@/contract/errors';

/** A refusal that a form shows beside the field, in the shape of a failed parse. */
export function invalidField(path: (string | number)[], message: string): AppError {
  return new AppError('invalid', message, { details: { issues: [{ path, message }] } });
}
