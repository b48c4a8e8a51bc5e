// Every URL of the product in one object.
import type { InstanceAction } from './instance-actions';

const q = (params: Record<string, string | number | boolean | undefined>) => {
  const entries = Object.entries(params).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(entries.map(([key, value]) => [key, String(value)])).toString();
  return text ? `?${text}` : '';
};
type Query = Record<string, string | number | boolean | undefined>;
type Maintenance = 'activate-disks' | 'deactivate-disks' | 'set-offline' | 'set-online';
type PowerAction = Extract<InstanceAction, 'start' | 'stop' | 'reboot' | 'pause' | 'resume'>;

/** REST routes. */
export const api = {
  health: () => '/api/health',
  session: () => '/api/v1/session',
  events: () => '/api/v1/events',
  overview: () => '/api/v1/overview',
  clusters: () => '/api/v1/clusters',
  cluster: (id: string) => `/api/v1/clusters/${id}`,
  clusterVerify: (id: string) => `/api/v1/clusters/${id}/verify`,
  clusterFindings: (id: string) => `/api/v1/clusters/${id}/findings`,
  nodes: (query: Query = {}) => `/api/v1/nodes${q(query)}`,
  node: (id: string) => `/api/v1/nodes/${id}`,
  nodeGroups: (clusterId: string) => `/api/v1/clusters/${clusterId}/groups`,
  nodeGroupAssignments: (clusterId: string) => `/api/v1/clusters/${clusterId}/group-assignments`,
  nodeGroup: (id: string) => `/api/v1/node-groups/${id}`,
  nodeVolumes: (id: string) => `/api/v1/nodes/${id}/volumes`,
  nodeVolumeRemove: (id: string) => `/api/v1/nodes/${id}/volumes/remove`,
  nodeDomainTakeOver: (id: string, domainId: string) => `/api/v1/nodes/${id}/domains/${domainId}/take-over`,
  nodeCommands: () => '/api/v1/node-commands',
  nodeFiles: () => '/api/v1/node-files',
  nodeEvacuation: (id: string, query: Query = {}) => `/api/v1/nodes/${id}/evacuation${q(query)}`,
  nodeLostMirrors: (id: string) => `/api/v1/nodes/${id}/lost-mirrors`,
  nodeCheck: (id: string) => `/api/v1/nodes/${id}/check`,
  nodeOffline: (id: string) => `/api/v1/nodes/${id}/offline`,
  nodeOnline: (id: string) => `/api/v1/nodes/${id}/online`,
  joinTokens: () => '/api/v1/join-tokens',
  agentJoin: () => '/api/v1/agent/join',
  agentInstall: () => '/api/v1/agent/install',
  agentUpgrade: () => '/api/v1/agent/upgrade',
  agentBundle: () => '/api/v1/agent/bundle',
  agentRuntime: () => '/api/v1/agent/runtime',
  instances: (query: Query = {}) => `/api/v1/instances${q(query)}`,
  instance: (id: string) => `/api/v1/instances/${id}`,
  instancePower: (id: string, action: PowerAction) => `/api/v1/instances/${id}/${action}`,
  instanceAction: (
    id: string,
    action:
      'migrate' | 'failover' | 'move' | 'replace-disks' | 'recreate-disks' | 'convert' | 'repair-mirror',
  ) => `/api/v1/instances/${id}/${action}`,
  instanceReinstall: (id: string) => `/api/v1/instances/${id}/reinstall`,
  instanceSeed: (id: string) => `/api/v1/instances/${id}/seed`,
  instanceImage: (id: string) => `/api/v1/instances/${id}/image`,
  instanceRename: (id: string) => `/api/v1/instances/${id}/rename`,
  instanceCleanupMigration: (id: string) => `/api/v1/instances/${id}/cleanup-migration`,
  instanceMaintenance: (id: string, action: Maintenance) => `/api/v1/instances/${id}/${action}`,
  instanceDisks: (id: string) => `/api/v1/instances/${id}/disks`,
  instanceDisk: (id: string, diskId: string) => `/api/v1/instances/${id}/disks/${diskId}`,
  instanceDiskAdopt: (id: string) => `/api/v1/instances/${id}/disks/adopt`,
  instanceDiskMove: (id: string, diskId: string) => `/api/v1/instances/${id}/disks/${diskId}/move`,
  instanceDiskTargets: (id: string, diskId: string) => `/api/v1/instances/${id}/disks/${diskId}/targets`,
  consoleTickets: (id: string) => `/api/v1/instances/${id}/console-tickets`,
  images: (query: Query = {}) => `/api/v1/images${q(query)}`,
  clusterImages: (clusterId: string) => `/api/v1/clusters/${clusterId}/images`,
  image: (id: string) => `/api/v1/images/${id}`,
  imageContent: (id: string, offset: number) =>
    `/api/v1/images/${id}/content${q({ offset: String(offset) })}`,
  createOptions: (query: Query = {}) => `/api/v1/create-options${q(query)}`,
  jobs: (query: Query = {}) => `/api/v1/jobs${q(query)}`,
  job: (id: number) => `/api/v1/jobs/${id}`,
  jobLog: (id: number, after = 0) => `/api/v1/jobs/${id}/log${q({ after: after || undefined })}`,
  jobCancel: (id: number) => `/api/v1/jobs/${id}/cancel`,
  users: (query: Query = {}) => `/api/v1/users${q(query)}`,
  user: (id: string) => `/api/v1/users/${id}`,
  userQuotas: (id: string) => `/api/v1/users/${id}/quotas`,
  userQuota: (id: string, clusterId: string) => `/api/v1/users/${id}/quotas/${clusterId}`,
  userPasswordLink: (id: string) => `/api/v1/users/${id}/password-link`,
  passwordSet: () => '/api/v1/password-links',
  passwordChange: () => '/api/v1/session/password',
  audit: (query: Query = {}) => `/api/v1/audit${q(query)}`,
} as const;

/** Pages. */
export const pages = {
  overview: () => '/',
  signIn: (next?: string) => `/sign-in${q({ next })}`,
  welcome: (token: string) => `/welcome/${token}`,
  clusters: () => '/clusters',
  cluster: (id: string) => `/clusters/${id}`,
  nodes: () => '/nodes',
  node: (id: string) => `/nodes/${id}`,
  nodeCommands: (query: Query = {}) => `/nodes/commands${q(query)}`,
  instances: () => '/instances',
  instanceCreate: () => '/instances/create',
  instance: (id: string, tab?: 'mirror' | 'screen' | 'serial' | 'jobs' | 'activity') =>
    `/instances/${id}${tab ? `/${tab}` : ''}`,
  images: () => '/images',
  /** An image has no page of its own. */
  image: () => '/images',
  jobs: () => '/jobs',
  job: (id: number) => `/jobs/${id}`,
  users: () => '/users',
  user: (id: string) => `/users/${id}`,
  activity: () => '/activity',
  account: () => '/account',
} as const;

/** The console WebSocket; the ticket travels as a subprotocol (`ticket.<ticket>`), never in the URL. */
export const consoleSocketPath = '/ws/console';
export const consoleProtocol = 'corral.console.v1';
export const ticketProtocolPrefix = 'ticket.';
