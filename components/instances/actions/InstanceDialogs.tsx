'use client';
import { MirrorDisksDialog, UnmirrorDisksDialog } from './ConvertDialog';
import { FailoverDialog } from './FailoverDialog';
import {
  ActivateDisksDialog,
  DeactivateDisksDialog,
  SetOfflineDialog,
  SetOnlineDialog,
} from './MaintenanceDialogs';
import { MigrateDialog } from './MigrateDialog';
import { MoveDialog } from './MoveDialog';
import { RebootDialog } from './RebootDialog';
import { RecreateDisksDialog } from './RecreateDisksDialog';
import { ReinstallDialog } from './ReinstallDialog';
import { RemoveDialog } from './RemoveDialog';
import { RenameDialog } from './RenameDialog';
import { MoveSecondaryDialog, ReplaceDisksDialog } from './ReplaceDisksDialog';
import { SaveImageDialog } from './SaveImageDialog';
import { StartWithDialog } from './StartWithDialog';
import { StopDialog } from './StopDialog';
import { ModifySheet } from '@/components/instances/modify/ModifySheet';
import type { Instance } from '@/contract/schemas/instance';

const dialogs = {
  startWith: StartWithDialog,
  stop: StopDialog,
  reboot: RebootDialog,
  modify: ModifySheet,
  migrate: MigrateDialog,
  failover: FailoverDialog,
  replaceDisks: ReplaceDisksDialog,
  moveSecondary: MoveSecondaryDialog,
  move: MoveDialog,
  mirrorDisks: MirrorDisksDialog,
  unmirrorDisks: UnmirrorDisksDialog,
  activateDisks: ActivateDisksDialog,
  deactivateDisks: DeactivateDisksDialog,
  setOffline: SetOfflineDialog,
  setOnline: SetOnlineDialog,
  recreateDisks: RecreateDisksDialog,
  reinstall: ReinstallDialog,
  rename: RenameDialog,
  saveImage: SaveImageDialog,
  remove: RemoveDialog,
};

export type AskedAction = keyof typeof dialogs;
type Props = { instance: Instance; asked: AskedAction; onClose: () => void };

/** The question that belongs to an action. */
export function InstanceDialogs({ asked, ...rest }: Props) {
  const Asked = dialogs[asked];
  return <Asked {...rest} />;
}
