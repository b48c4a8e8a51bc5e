import type { InstanceDefinition } from '@/contract/agent-calls';

/** Whether the ISO file in the drive is the one that is configured. An OS that boots from one has that in the drive where no other is, until it is taken out. */
export function isCdAsConfigured(
  inDrive: string | null,
  { os, hvParams: { cdrom } }: Pick<InstanceDefinition, 'os' | 'hvParams'>,
): boolean {
  const ofOs = os.kind === 'iso' ? os.iso : null;
  return inDrive === cdrom || inDrive === (cdrom ?? ofOs);
}
