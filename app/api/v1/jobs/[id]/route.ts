import { Job } from '@/contract/schemas/job';
import { JobIdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { getJob } from '@/server/usecases/jobs';

export const GET = route({ access: 'job.view', params: JobIdInPath, answers: Job })(({ ctx, params }) =>
  getJob(ctx, params),
);
