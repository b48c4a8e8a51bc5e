// The newest job of an instance, from the same list that the Jobs tab shows.
import { jobsQuery } from '@/client/jobs';
import type { JobListQuery, JobPage } from '@/contract/schemas/job';

export const latestJobRequest = (instanceId: string): JobListQuery => ({
  instanceId,
  page: 1,
  pageSize: 1,
  search: '',
});

export const latestJobQuery = (instanceId: string) => ({
  ...jobsQuery(latestJobRequest(instanceId)),
  select: ({ items }: JobPage) => items[0] ?? null,
});
