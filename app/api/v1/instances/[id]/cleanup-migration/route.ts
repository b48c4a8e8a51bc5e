import { Accepted } from '@/contract/schemas/common';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { cleanUpMigration } from '@/server/usecases/verify';

export const POST = route({ access: 'instance.migrate', params: IdInPath, answers: Accepted, status: 202 })(
  ({ ctx, params }) => cleanUpMigration(ctx, params),
);
