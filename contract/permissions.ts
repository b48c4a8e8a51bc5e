// Who may do what: one table, checked in the use cases before anything else is read.
// `operator` may do everything; `owner` is the relation to the target; `self` is one's own account; `member` is anyone signed in.
export const relations = ['anonymous', 'member', 'self', 'owner', 'operator'] as const;
export type Relation = (typeof relations)[number];

export type Role = 'operator' | 'customer';

type Row = { allows: readonly Relation[]; says: string };

export const permissions = {
  'session.view': { allows: ['member', 'operator'], says: 'See who one is signed in as' },
  'events.stream': { allows: ['member', 'operator'], says: 'Receive live changes of what one may see' },
  'password.set': { allows: ['anonymous'], says: 'Set a password with a one-time link' },
  'agent.join': { allows: ['anonymous'], says: 'Enrol a node with a join token' },
  'agent.download': { allows: ['anonymous'], says: 'Download the agent and what installs it' },
  'health.view': { allows: ['anonymous'], says: 'Ask whether the console answers' },
  'overview.view': { allows: ['operator'], says: 'See the overview of all clusters' },
  'cluster.list': { allows: ['member', 'operator'], says: 'See the names of clusters one may create in' },
  'cluster.view': { allows: ['operator'], says: "See a cluster's settings and capacity" },
  'cluster.update': { allows: ['operator'], says: "Change a cluster's settings and default quota" },
  'cluster.verify': { allows: ['operator'], says: 'Have a cluster verified' },
  'image.list': { allows: ['operator'], says: 'See the disk images of clusters' },
  'image.create': { allows: ['operator'], says: 'Add disk images to a cluster' },
  'image.update': { allows: ['operator'], says: 'Choose whether customers may use a disk image' },
  'image.remove': { allows: ['operator'], says: 'Remove disk images' },
  'node.view': { allows: ['operator'], says: 'See nodes and their facts' },
  'node.join': { allows: ['operator'], says: 'Make join tokens' },
  'node.update': { allows: ['operator'], says: "Change a node's settings, have it checked again" },
  'nodeGroup.update': { allows: ['operator'], says: 'Make, change and remove node groups' },
  'node.evacuate': {
    allows: ['operator'],
    says: 'Move instances and mirrors away from a node, or back to it',
  },
  'node.removeVolume': { allows: ['operator'], says: 'Remove volumes of disks that are no more' },
  'node.command': { allows: ['operator'], says: 'Run commands on nodes and bring files to them' },
  'node.fence': { allows: ['operator'], says: 'Declare a node off, power it off, take it back' },
  'node.remove': { allows: ['operator'], says: 'Remove a node from its cluster' },
  'instance.list': { allows: ['member', 'operator'], says: 'List the instances one may see' },
  'instance.view': { allows: ['owner', 'operator'], says: 'See an instance' },
  'instance.create': { allows: ['member', 'operator'], says: 'Create instances within the own quota' },
  'instance.createFor': {
    allows: ['operator'],
    says: 'Create for another owner, choose the node, exceed a quota',
  },
  'instance.power': { allows: ['owner', 'operator'], says: 'Start, stop and reboot an instance' },
  'instance.console': { allows: ['owner', 'operator'], says: "Open an instance's screen and serial line" },
  'instance.modify': { allows: ['owner', 'operator'], says: 'Change CPUs, memory, NICs and parameters' },
  'instance.install': { allows: ['owner', 'operator'], says: 'Reinstall and rename an instance' },
  'instance.disks': {
    allows: ['owner', 'operator'],
    says: 'Add, grow, move and remove disks of an instance',
  },
  'instance.adopt': { allows: ['operator'], says: 'Take over machines that run on nodes, as instances' },
  'disk.adopt': { allows: ['operator'], says: 'Make disks of volumes that lie on nodes' },
  'instance.migrate': { allows: ['operator'], says: 'Move a running instance to its other node' },
  'instance.failover': { allows: ['operator'], says: 'Start an instance again on its other node' },
  'instance.convert': {
    allows: ['operator'],
    says: 'Make mirrors of plain disks, or plain disks of mirrors',
  },
  'instance.move': {
    allows: ['operator'],
    says: 'Move an unmirrored instance to another node, with its disks',
  },
  'instance.recreateDisks': {
    allows: ['operator'],
    says: 'Make disks of an instance anew, also on other nodes; what was on them is lost',
  },
  'instance.replaceDisks': { allows: ['operator'], says: 'Rebuild a side of mirrored disks' },
  'instance.repairMirror': {
    allows: ['operator'],
    says: 'Choose the side of a mirror to keep after a split brain',
  },
  'instance.maintain': {
    allows: ['operator'],
    says: 'Take the disks of an instance down and up again, set it offline',
  },
  'instance.remove': { allows: ['owner', 'operator'], says: 'Remove an instance and its disks' },
  'job.list': { allows: ['member', 'operator'], says: 'List the jobs one may see' },
  'job.view': { allows: ['owner', 'operator'], says: 'See a job, its steps and log' },
  'job.cancel': { allows: ['owner', 'operator'], says: 'Cancel a job' },
  'user.list': { allows: ['operator'], says: 'List users' },
  'user.view': { allows: ['self', 'operator'], says: 'See a user' },
  'user.create': { allows: ['operator'], says: 'Create users' },
  'user.update': { allows: ['operator'], says: 'Change, disable and enable users, make sign-in links' },
  'password.change': { allows: ['self'], says: 'Change the own password' },
  'quota.view': { allows: ['self', 'operator'], says: 'See use and limits of a quota' },
  'quota.update': { allows: ['operator'], says: 'Change quotas' },
  'audit.list': { allows: ['member', 'operator'], says: 'See the activity of what one may see' },
} as const satisfies Record<string, Row>;

export type Action = keyof typeof permissions;
export const actions = Object.keys(permissions).sort();

/** Whether any of the relations that someone has to a target allows the action. */
export function isAllowed(action: Action, held: readonly Relation[]): boolean {
  const allows: readonly Relation[] = permissions[action].allows;
  return held.some((relation) => allows.includes(relation));
}
