import { JobLog, JobLogQuery } from '@/contract/schemas/job';
import { JobIdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { getJobLog } from '@/server/usecases/jobs';

export const GET = route({ access: 'job.view', params: JobIdInPath, query: JobLogQuery, answers: JobLog })(
  ({ ctx, params, query }) => getJobLog(ctx, { ...query, ...params }),
);
