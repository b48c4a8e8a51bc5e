// Every operation there is, by the names of the contract.
import type { OperationName } from '@/contract/operations';
import type { Operation } from '../jobs/operation';
import { instanceActivateDisks } from './instance-activate-disks';
import { instanceDeactivateDisks } from './instance-deactivate-disks';
import { clusterVerify } from './cluster-verify';
import { withHooks } from './hooks/with-hooks';
import { imageFetch } from './image-fetch';
import { instanceSaveImage } from './instance-save-image';
import { imageRemove } from './image-remove';
import { instanceCleanupMigration } from './instance-cleanup-migration';
import { instanceConvert } from './instance-convert';
import { instanceAdopt } from './instance-adopt';
import { instanceCreate } from './instance-create';
import { diskAdd } from './disk-add';
import { diskGrow } from './disk-grow';
import { diskMove } from './disk-move';
import { diskRemove } from './disk-remove';
import { instanceFailover } from './instance-failover';
import { instanceMigrate } from './instance-migrate';
import { instanceModify } from './instance-modify';
import { instanceMove } from './instance-move';
import { instancePause, instanceResume } from './instance-pause';
import { instanceRecreateDisks } from './instance-recreate-disks';
import { instanceRepairMirror } from './instance-repair-mirror';
import { instanceReplaceDisks } from './instance-replace-disks';
import { instanceReboot } from './instance-reboot';
import { instanceReinstall } from './instance-reinstall';
import { instanceRename } from './instance-rename';
import { instanceRemove } from './instance-remove';
import { instanceStart } from './instance-start';
import { instanceStop } from './instance-stop';
import { nodeCheck } from './node-check';
import { nodeFence } from './node-fence';
import { nodeJoin } from './node-join';
import { nodePutFile } from './node-put-file';
import { nodeRemove } from './node-remove';
import { nodeRemoveVolume } from './node-remove-volume';
import { nodeRunCommand } from './node-run-command';
import { nodeSetOffline } from './node-set-offline';
import { nodeSetOnline } from './node-set-online';
import type { Services } from './services';

const plain = {
  'instance.create': instanceCreate,
  'instance.adopt': instanceAdopt,
  'instance.start': instanceStart,
  'instance.stop': instanceStop,
  'instance.reboot': instanceReboot,
  'instance.remove': instanceRemove,
  'instance.modify': instanceModify,
  'instance.pause': instancePause,
  'instance.resume': instanceResume,
  'instance.reinstall': instanceReinstall,
  'instance.rename': instanceRename,
  'instance.failover': instanceFailover,
  'instance.convert': instanceConvert,
  'instance.move': instanceMove,
  'instance.recreateDisks': instanceRecreateDisks,
  'disk.add': diskAdd,
  'disk.grow': diskGrow,
  'disk.remove': diskRemove,
  'disk.move': diskMove,
  'instance.migrate': instanceMigrate,
  'instance.cleanupMigration': instanceCleanupMigration,
  'instance.replaceDisks': instanceReplaceDisks,
  'instance.repairMirror': instanceRepairMirror,
  'instance.activateDisks': instanceActivateDisks,
  'instance.deactivateDisks': instanceDeactivateDisks,
  'node.join': nodeJoin,
  'node.check': nodeCheck,
  'node.remove': nodeRemove,
  'node.setOffline': nodeSetOffline,
  'node.fence': nodeFence,
  'node.setOnline': nodeSetOnline,
  'node.removeVolume': nodeRemoveVolume,
  'node.runCommand': nodeRunCommand,
  'node.putFile': nodePutFile,
  'cluster.verify': clusterVerify,
  'image.fetch': imageFetch,
  'instance.saveImage': instanceSaveImage,
  'image.remove': imageRemove,
} as const satisfies Record<OperationName, Operation<Services>>;

export const operations = withHooks<OperationName>(plain);
