// What the overwritten side of a mirror held, kept as a snapshot beside it: named so that it is told from the disk itself.
const prefix = 'kept-';

/** The volume's name, the same however often a job takes it. */
export const keptSideName = (diskId: string, jobId: number): string => `${prefix}${diskId}-${jobId}`;

export const isKeptSide = (volumeName: string): boolean => volumeName.startsWith(prefix);
