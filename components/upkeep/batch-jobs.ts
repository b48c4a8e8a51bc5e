import { JobListQuery } from '@/contract/schemas/job';

/** All jobs of a batch, as far as one page goes. */
export const jobsOfBatch = (batchId: string) =>
  JobListQuery.parse({ batchId: batchId || undefined, pageSize: 200 });
