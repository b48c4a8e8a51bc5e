import { JobListQuery, JobPage } from '@/contract/schemas/job';
import { route } from '@/server/http/route';
import { listJobs } from '@/server/usecases/jobs';

export const GET = route({ access: 'job.list', query: JobListQuery, answers: JobPage })(({ ctx, query }) =>
  listJobs(ctx, query),
);
