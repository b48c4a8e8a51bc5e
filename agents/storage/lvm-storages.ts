// Which of the templates that lie on volume groups this node can offer: `plain` where it has LVM, `drbd` where its kernel has DRBD besides.
import { createDrbd } from '../tools/drbd/drbd';
import { findDrbdLine } from '../tools/drbd/find-line';
import { createLvm } from '../tools/lvm/lvm';
import type { Storage } from './block-device';
import { createDrbdStorage } from './drbd';
import { createPlainStorage } from './plain';

export async function findLvmStorages(): Promise<Storage[]> {
  const lvm = createLvm();
  const hasLvm = await lvm.listGroups().then(
    () => true,
    () => false,
  );
  if (!hasLvm) return [];
  const plain = createPlainStorage(lvm);
  const line = await findDrbdLine();
  return line === null ? [plain] : [plain, createDrbdStorage({ drbd: createDrbd(line), lvm })];
}
