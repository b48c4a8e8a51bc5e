// Names of everything in the query cache. Live events find what they change by these names, so no query makes up its own.
export type Resource = 'instance' | 'node' | 'cluster' | 'job' | 'user' | 'quota' | 'audit' | 'image';

export const keys = {
  all: (resource: Resource) => [resource] as const,
  lists: (resource: Resource) => [resource, 'list'] as const,
  list: (resource: Resource, query: object = {}) => [resource, 'list', query] as const,
  detail: (resource: Resource, id: string | number) => [resource, 'detail', String(id)] as const,
  /** What is asked of an instance besides itself. */
  instancePart: (id: string, part: string) => ['instance', 'part', id, part] as const,
  /** What is asked of a node besides itself: plans, volumes. */
  nodeParts: (id: string) => ['node', 'part', id] as const,
  nodePart: (id: string, part: string) => ['node', 'part', id, part] as const,
  /** What is asked of a cluster besides itself. */
  clusterPart: (id: string, part: string) => ['cluster', 'part', id, part] as const,
  instanceSeed: (id: string) => ['instance', 'seed', id] as const,
  jobLog: (id: number | string) => ['job', 'log', String(id)] as const,
  overview: () => ['overview'] as const,
  session: () => ['session'] as const,
  createOptions: (query: object = {}) => ['create-options', query] as const,
};
