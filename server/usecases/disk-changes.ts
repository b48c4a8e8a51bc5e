// Whether an instance's disks may be called and used as is asked.
import { AppError } from '@/contract/errors';
import { fieldMessages } from '@/contract/field-messages';
import type { DiskChange, InstanceModify } from '@/contract/schemas/instance-actions';
import type { Json, Tx } from '../db/client';
import { hvParamColumns, resolvedParams } from '../db/hv-params';
import { invalidField } from './invalid-field';
import type { LockedInstance } from './order-job';

/** Throws what the form can show beside the field. A job's parameter: the wish is written down as the job will carry it out. */
export async function requireDiskSense(
  tx: Tx,
  instance: LockedInstance,
  { disks, hvParams }: Pick<InstanceModify, 'disks' | 'hvParams'>,
): Promise<{ [name: string]: Json }> {
  requireNames(instance, disks);
  const isReadOnly = instance.disks.some(
    ({ id, mode }) => (disks.find((change) => change.id === id)?.mode ?? mode) === 'ro',
  );
  if (!isReadOnly) return {};
  const row = await tx.instance.findUniqueOrThrow({ where: { id: instance.id }, select: hvParamColumns });
  const { diskBus } = resolvedParams(row, hvParams);
  if (diskBus !== 'ide') return {};
  const at = disks.findIndex(({ mode }) => mode === 'ro');
  throw invalidField(at < 0 ? ['hvParams', 'diskBus'] : ['disks', at, 'mode'], fieldMessages.ideReadOnly);
}

function requireNames(instance: LockedInstance, changes: readonly DiskChange[]): void {
  const unknown = changes.find(({ id }) => !instance.disks.some((disk) => disk.id === id));
  if (unknown) throw new AppError('not_found', `${instance.name} does not have this disk`);
  const names = instance.disks.map(({ id, name }) => {
    const change = changes.findLast((one) => one.id === id);
    return { id, name: change?.name === undefined ? name : change.name };
  });
  changes.forEach(({ id, name }, at) => {
    if (name && names.some((other) => other.id !== id && other.name === name))
      throw invalidField(['disks', at, 'name'], fieldMessages.diskNameTaken);
  });
}
