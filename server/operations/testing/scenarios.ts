// One scenario for each operation of the registry: the type refuses an operation without one.
import type { OperationName } from '@/contract/operations';
import { instanceCreateScenario } from '../instance-create.scenario';
import { diskAddScenario } from '../disk-add.scenario';
import { diskGrowScenario } from '../disk-grow.scenario';
import { diskRemoveScenario } from '../disk-remove.scenario';
import { instanceFailoverScenario } from '../instance-failover.scenario';
import { instanceMigrateScenario } from '../instance-migrate.scenario';
import { instanceRebootScenario } from '../instance-reboot.scenario';
import { instanceRemoveScenario } from '../instance-remove.scenario';
import { instanceReplaceDisksScenario } from '../instance-replace-disks.scenario';
import { instanceStartScenario } from '../instance-start.scenario';
import { instanceStopScenario } from '../instance-stop.scenario';
import { nodeJoinScenario } from '../node-join.scenario';
import { nodeRemoveScenario } from '../node-remove.scenario';
import type { Scenario } from './scenario';

export const scenarios: Record<OperationName, Scenario> = {
  'instance.create': instanceCreateScenario,
  'instance.start': instanceStartScenario,
  'instance.stop': instanceStopScenario,
  'instance.reboot': instanceRebootScenario,
  'instance.remove': instanceRemoveScenario,
  'instance.failover': instanceFailoverScenario,
  'disk.add': diskAddScenario,
  'disk.grow': diskGrowScenario,
  'disk.remove': diskRemoveScenario,
  'instance.migrate': instanceMigrateScenario,
  'instance.replaceDisks': instanceReplaceDisksScenario,
  'node.join': nodeJoinScenario,
  'node.remove': nodeRemoveScenario,
};
