// Actions that have a sentence under `activity.did`. One that has none is shown by its name.
export const sentences = [
  'agent.join',
  'audit.list',
  'cluster.create',
  'cluster.list',
  'cluster.update',
  'cluster.view',
  'console.close',
  'console.open',
  'events.stream',
  'instance.console',
  'instance.create',
  'instance.createFor',
  'instance.list',
  'instance.power',
  'instance.reboot',
  'instance.remove',
  'instance.start',
  'instance.stop',
  'instance.view',
  'job.cancel',
  'job.list',
  'job.view',
  'node.join',
  'node.remove',
  'node.update',
  'node.view',
  'overview.view',
  'password.change',
  'password.set',
  'quota.update',
  'quota.view',
  'session.signIn',
  'session.signOut',
  'session.view',
  'user.create',
  'user.list',
  'user.passwordLink',
  'user.update',
  'user.view',
] as const;

export type AuditAction = (typeof sentences)[number];

export function actionOf(name: string): AuditAction | undefined {
  return sentences.find((action) => action === name);
}
