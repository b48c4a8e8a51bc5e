import { CreateOptions, CreateOptionsQuery } from '@/contract/schemas/cluster';
import { route } from '@/server/http/route';
import { getCreateOptions } from '@/server/usecases/create-options';

export const GET = route({ access: 'instance.create', query: CreateOptionsQuery, answers: CreateOptions })(
  ({ ctx, query }) => getCreateOptions(ctx, query),
);
