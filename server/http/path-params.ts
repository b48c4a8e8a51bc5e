// The parts of addresses that routes share.
import { z } from 'zod';
import { Id, JobId } from '@/contract/names';

export const IdInPath = z.object({ id: Id });
export const JobIdInPath = z.object({ id: JobId });
export const TokenInPath = z.object({ token: z.string().min(16).max(128) });
export const Nothing = z.object({});

export const DomainInPath = z.object({ id: Id, domainId: Id });
export const DiskInPath = z.object({ id: Id, diskId: Id });
