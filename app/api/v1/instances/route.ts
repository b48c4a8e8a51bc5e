import { Accepted } from '@/contract/schemas/common';
import { InstanceCreate, InstanceListQuery, InstancePage } from '@/contract/schemas/instance';
import { route } from '@/server/http/route';
import { createInstance } from '@/server/usecases/instance-create';
import { listInstances } from '@/server/usecases/instances';

export const GET = route({ access: 'instance.list', query: InstanceListQuery, answers: InstancePage })(
  ({ ctx, query }) => listInstances(ctx, query),
);

export const POST = route({
  access: 'instance.create',
  body: InstanceCreate,
  answers: Accepted,
  status: 202,
})(({ ctx, body }) => createInstance(ctx, body));
