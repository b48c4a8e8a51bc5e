'use client';
import { RebootDialog } from './RebootDialog';
import { ReinstallDialog } from './ReinstallDialog';
import { RemoveDialog } from './RemoveDialog';
import { RenameDialog } from './RenameDialog';
import { StopDialog } from './StopDialog';
import type { Instance } from '@/contract/schemas/instance';

const dialogs = {
  stop: StopDialog,
  reboot: RebootDialog,
  reinstall: ReinstallDialog,
  rename: RenameDialog,
  remove: RemoveDialog,
};

export type AskedAction = keyof typeof dialogs;
type Props = { instance: Instance; asked: AskedAction; onClose: () => void };

/** The question that belongs to an action. */
export function InstanceDialogs({ asked, ...rest }: Props) {
  const Asked = dialogs[asked];
  return <Asked {...rest} />;
}
