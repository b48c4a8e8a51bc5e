import { notFound } from 'next/navigation';
import { jobsQuery } from '@/client/jobs';
import { instancesQuery } from '@/client/instances';
import { nodeQuery } from '@/client/nodes';
import { prefetch, Prefetched } from '@/client/prefetched';
import { instancesOfNode, jobsOfNode } from '@/components/nodes/node-lists';
import { NodeView } from '@/components/nodes/NodeView';
import { Id } from '@/contract/names';
import { pageActor } from '@/server/auth/page-actor';
import { listInstances } from '@/server/usecases/instances';
import { listJobs } from '@/server/usecases/jobs';
import { getNode } from '@/server/usecases/nodes';

export default async function NodePage({ params }: PageProps<'/nodes/[id]'>) {
  const ctx = await pageActor();
  const parsed = Id.safeParse((await params).id);
  if (!parsed.success) notFound();
  const id = parsed.data;
  return (
    <Prefetched
      queries={[
        prefetch(nodeQuery(id), () => getNode(ctx, { id })),
        prefetch(instancesQuery(instancesOfNode(id)), () => listInstances(ctx, instancesOfNode(id))),
        prefetch(jobsQuery(jobsOfNode(id)), () => listJobs(ctx, jobsOfNode(id))),
      ]}
    >
      <NodeView id={id} />
    </Prefetched>
  );
}
