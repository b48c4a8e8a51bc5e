import { Accepted } from '@/contract/schemas/common';
import { DomainTakeOver } from '@/contract/schemas/domain';
import { DomainInPath } from '@/server/http/path-params';
import { route } from '@/server/http/route';
import { adoptInstance } from '@/server/usecases/instance-adopt';

export const POST = route({
  access: 'instance.adopt',
  params: DomainInPath,
  body: DomainTakeOver,
  answers: Accepted,
  status: 202,
})(({ ctx, params, body }) => adoptInstance(ctx, { ...body, ...params }));
