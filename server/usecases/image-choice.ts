// The image that an instance is to be made from: there, ready, for the one who asks, and no larger than the first disk.
import { fieldMessages } from '@/contract/field-messages';
import { imageDiskMiB } from '@/contract/schemas/image';
import type { OsChoice } from '@/contract/schemas/instance';
import { ScriptChoice } from '@/contract/schemas/os-script';
import { formatMiB } from '@/contract/units';
import type { Actor } from '../auth/actor';
import type { Queryable } from '../db/client';
import { isOperator } from '../db/viewer';
import { invalidField } from './invalid-field';

type Choice = {
  os: OsChoice;
  clusterId: string;
  actor: Actor;
  diskMiB: number | undefined;
  /** Where the form asks for the disk's size; absent: the disk is as it is. */
  diskField?: (string | number)[];
};

/** Answers the choice with the image's name, and with the scripts that can read it where none else can; every other OS as it is. */
export async function resolveImage(db: Queryable, choice: Choice): Promise<OsChoice> {
  const { os, clusterId, actor, diskMiB, diskField = ['os'] } = choice;
  if (os.kind !== 'image') return os;
  const image = await db.image.findFirst({
    where: { id: os.imageId, clusterId, state: 'ready', isPublic: isOperator(actor) ? undefined : true },
  });
  // What customers may not use is not there for them.
  if (!image) throw invalidField(['os'], fieldMessages.imageUnknown);
  const { id: imageId, name, virtualBytes } = image;
  const script = image.script === null ? undefined : ScriptChoice.parse(image.script);
  const neededMiB = imageDiskMiB({ virtualBytes: Number(virtualBytes) });
  if (diskMiB !== undefined && neededMiB > diskMiB)
    throw invalidField(
      diskField,
      `${name} needs a first disk of at least ${formatMiB(neededMiB)}, this one has ${formatMiB(diskMiB)}.`,
    );
  return { kind: 'image', imageId, name, ...(script && { script }) };
}
