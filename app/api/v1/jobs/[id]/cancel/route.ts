import { Accepted } from '@/contract/schemas/common';
import { JobIdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { cancelJob } from '@/server/usecases/jobs';

export const POST = route({ access: 'job.cancel', params: JobIdInPath, answers: Accepted, status: 202 })(
  ({ ctx, params }) => cancelJob(ctx, params),
);
