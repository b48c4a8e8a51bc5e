// Adds what was attempted to an error that a driver threw, unless the driver said it already.
import { AppError } from '@/contract/errors';

export async function inContext<T>(attempt: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError)) throw new AppError('internal', attempt, { cause: error });
    if (error.message.startsWith('Cannot ')) throw error;
    throw new AppError(error.code, `${attempt}: ${error.message}`, {
      cause: error.cause,
      details: error.details,
    });
  }
}
