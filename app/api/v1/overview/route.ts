import { Overview } from '@/contract/schemas/cluster';
import { route } from '@/server/http/route';
import { getOverview } from '@/server/usecases/overview';

export const GET = route({ access: 'overview.view', answers: Overview })(({ ctx }) => getOverview(ctx));
