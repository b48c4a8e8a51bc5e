import { Accepted } from '@/contract/schemas/common';
import { InstanceMigrate } from '@/contract/schemas/instance-actions';
import { IdInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { migrateInstance } from '@/server/usecases/instance-moves';

export const POST = route({
  access: 'instance.migrate',
  params: IdInPath,
  body: InstanceMigrate,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => migrateInstance(ctx, { ...body, ...params }));
