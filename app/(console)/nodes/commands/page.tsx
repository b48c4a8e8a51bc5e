import { nodesQuery } from '@/client/nodes';
import { prefetch, Prefetched } from '@/client/prefetched';
import { everyNode } from '@/components/upkeep/every-node';
import { CommandsView } from '@/components/upkeep/CommandsView';
import { pageActor } from '@/server/auth/page-actor';
import { listNodes } from '@/server/usecases/nodes';

export default async function NodeCommandsPage() {
  const ctx = await pageActor();
  return (
    <Prefetched queries={[prefetch(nodesQuery(everyNode), () => listNodes(ctx, everyNode))]}>
      <CommandsView />
    </Prefetched>
  );
}
