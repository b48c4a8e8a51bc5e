// Jobs that were asked for together.
import { z } from 'zod';
import { Id } from '../names';

export const AcceptedBatch = z.object({ batchId: Id, jobIds: z.array(z.number().int()) });
export type AcceptedBatch = z.infer<typeof AcceptedBatch>;
