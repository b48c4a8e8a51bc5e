// The short lists on a node's page; the server prefetches under the same names.
import { InstanceListQuery } from '@/contract/schemas/instance';
import { JobListQuery } from '@/contract/schemas/job';

const shown = 10;

export const instancesOfNode = (nodeId: string) => InstanceListQuery.parse({ nodeId, pageSize: shown });
export const jobsOfNode = (nodeId: string) => JobListQuery.parse({ nodeId, pageSize: shown });
