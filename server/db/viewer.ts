// For whom a resource is shown. The filters of lists and of single resources are the same, so that no list tells more than its objects would.
import type { Role } from '@/contract/permissions';

export type Viewer = { userId: string; role: Role };

export function isOperator(viewer: Viewer): boolean {
  return viewer.role === 'operator';
}

/** Who owns what the viewer may see: undefined is everybody. For a Prisma filter on `ownerId`. */
export function visibleOwner(viewer: Viewer): string | undefined {
  return isOperator(viewer) ? undefined : viewer.userId;
}

/** A text as part of a LIKE pattern, in which nothing has a meaning of its own. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}

export function toTimestamp(date: Date): string {
  return date.toISOString();
}

export function toTimestampOrNull(date: Date | null): string | null {
  return date && date.toISOString();
}
