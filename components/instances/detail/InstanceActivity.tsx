'use client';
import { AuditList } from '@/components/audit/AuditList';

/** Who did or tried what with this instance, newest first. */
export function InstanceActivity({ id }: { id: string }) {
  return <AuditList of={{ instanceId: id }} />;
}
