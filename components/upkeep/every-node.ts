import { NodeListQuery } from '@/contract/schemas/node';

/** As many as one page of the list holds. */
export const everyNode = NodeListQuery.parse({ pageSize: 200 });
