// The scenarios of each operation of the registry: the type refuses an operation without one.
import { operationNames, type OperationName } from '@/contract/operations';
import { instanceActivateDisksScenario } from '../instance-activate-disks.scenario';
import { instanceDeactivateDisksScenario } from '../instance-deactivate-disks.scenario';
import { clusterVerifyScenario } from '../cluster-verify.scenario';
import { instanceCleanupMigrationScenario } from '../instance-cleanup-migration.scenario';
import { imageFetchScenarios } from '../image-fetch.scenario';
import { instanceSaveImageScenarios } from '../instance-save-image.scenario';
import { imageRemoveScenario } from '../image-remove.scenario';
import { instanceAdoptScenario } from '../instance-adopt.scenario';
import { instanceCreateScenarios } from '../instance-create.scenario';
import { diskAddScenarios } from '../disk-add.scenario';
import { diskGrowScenario } from '../disk-grow.scenario';
import { diskMoveScenarios } from '../disk-move.scenario';
import { diskRemoveScenario } from '../disk-remove.scenario';
import { instanceConvertScenarios } from '../instance-convert.scenario';
import { instanceFailoverScenario } from '../instance-failover.scenario';
import { instanceMigrateScenario } from '../instance-migrate.scenario';
import { instanceModifyScenario } from '../instance-modify.scenario';
import { instanceMoveScenarios } from '../instance-move.scenario';
import { instancePauseScenario, instanceResumeScenario } from '../instance-pause.scenario';
import { instanceRebootScenario } from '../instance-reboot.scenario';
import { instanceRecreateDisksScenarios } from '../instance-recreate-disks.scenario';
import { instanceReinstallScenarios } from '../instance-reinstall.scenario';
import { instanceRenameScenario } from '../instance-rename.scenario';
import { instanceRemoveScenario } from '../instance-remove.scenario';
import { instanceRepairMirrorScenario } from '../instance-repair-mirror.scenario';
import { instanceReplaceDisksScenario } from '../instance-replace-disks.scenario';
import { instanceStartScenario } from '../instance-start.scenario';
import { instanceStopScenario } from '../instance-stop.scenario';
import { nodeCheckScenario } from '../node-check.scenario';
import { nodeFenceScenario } from '../node-fence.scenario';
import { nodeJoinScenario } from '../node-join.scenario';
import { nodePutFileScenario, nodeRunCommandScenario } from '../node-commands.scenario';
import { nodeRemoveScenario } from '../node-remove.scenario';
import { nodeRemoveVolumeScenario } from '../node-remove-volume.scenario';
import { nodeSetOfflineScenario } from '../node-set-offline.scenario';
import { nodeSetOnlineScenario } from '../node-set-online.scenario';
import { operations } from '../registry';
import type { Scenario } from './scenario';

const scenarios: Record<OperationName, Scenario | readonly Scenario[]> = {
  'instance.create': instanceCreateScenarios,
  'instance.adopt': instanceAdoptScenario,
  'instance.start': instanceStartScenario,
  'instance.stop': instanceStopScenario,
  'instance.reboot': instanceRebootScenario,
  'instance.remove': instanceRemoveScenario,
  'instance.modify': instanceModifyScenario,
  'instance.pause': instancePauseScenario,
  'instance.resume': instanceResumeScenario,
  'instance.reinstall': instanceReinstallScenarios,
  'instance.rename': instanceRenameScenario,
  'instance.failover': instanceFailoverScenario,
  'instance.convert': instanceConvertScenarios,
  'instance.move': instanceMoveScenarios,
  'instance.recreateDisks': instanceRecreateDisksScenarios,
  'disk.add': diskAddScenarios,
  'disk.grow': diskGrowScenario,
  'disk.remove': diskRemoveScenario,
  'disk.move': diskMoveScenarios,
  'instance.migrate': instanceMigrateScenario,
  'instance.cleanupMigration': instanceCleanupMigrationScenario,
  'instance.replaceDisks': instanceReplaceDisksScenario,
  'instance.repairMirror': instanceRepairMirrorScenario,
  'instance.activateDisks': instanceActivateDisksScenario,
  'instance.deactivateDisks': instanceDeactivateDisksScenario,
  'node.join': nodeJoinScenario,
  'node.check': nodeCheckScenario,
  'node.remove': nodeRemoveScenario,
  'node.setOffline': nodeSetOfflineScenario,
  'node.fence': nodeFenceScenario,
  'node.setOnline': nodeSetOnlineScenario,
  'node.removeVolume': nodeRemoveVolumeScenario,
  'node.runCommand': nodeRunCommandScenario,
  'node.putFile': nodePutFileScenario,
  'cluster.verify': clusterVerifyScenario,
  'image.fetch': imageFetchScenarios,
  'instance.saveImage': instanceSaveImageScenarios,
  'image.remove': imageRemoveScenario,
};

export type Play = {
  name: OperationName;
  text: string;
  scenario: Scenario;
  /** Those that the job will have. */
  steps: string[];
};

export const plays: Play[] = operationNames.flatMap((name) =>
  [scenarios[name]].flat().map((scenario) => ({
    name,
    text: scenario.title ? `${name} (${scenario.title})` : name,
    scenario,
    steps: operations[name].stepNames.filter((step) => !scenario.skips?.includes(step)),
  })),
);
