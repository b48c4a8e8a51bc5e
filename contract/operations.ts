// The names of all long operations. A job is one run of one of them.
import { z } from 'zod';

export const operationNames = [
  'instance.create',
  'instance.start',
  'instance.stop',
  'instance.reboot',
  'instance.remove',
  'instance.failover',
  'disk.add',
  'disk.grow',
  'disk.remove',
  'instance.migrate',
  'instance.replaceDisks',
  'node.join',
  'node.remove',
] as const;
export const OperationName = z.enum(operationNames);
export type OperationName = z.infer<typeof OperationName>;
  'node.setOffline',
  'node.fence',
  'node.setOnline',
