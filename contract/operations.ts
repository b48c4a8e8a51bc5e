// The names of all long operations. A job is one run of one of them.
import { z } from 'zod';

export const operationNames = [
  'instance.create',
  'instance.start',
  'instance.stop',
  'instance.reboot',
  'instance.remove',
  'instance.modify',
  'instance.pause',
  'instance.resume',
  'instance.reinstall',
  'instance.rename',
  'instance.failover',
  'instance.convert',
  'disk.add',
  'disk.grow',
  'disk.remove',
  'disk.move',
  'instance.migrate',
  'instance.cleanupMigration',
  'instance.replaceDisks',
  'instance.repairMirror',
  'instance.activateDisks',
  'instance.deactivateDisks',
  'node.join',
  'node.remove',
  'node.setOffline',
  'node.fence',
  'node.setOnline',
  'node.removeVolume',
  'node.runCommand',
  'node.putFile',
  'cluster.verify',
] as const;
export const OperationName = z.enum(operationNames);
export type OperationName = z.infer<typeof OperationName>;
