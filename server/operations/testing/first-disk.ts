import type { World } from './world';

export function firstDisk({ db }: World, instanceId: string) {
  return db.disk.findFirstOrThrow({ where: { instanceId }, orderBy: { index: 'asc' } });
}
