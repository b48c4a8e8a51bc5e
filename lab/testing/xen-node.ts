// What Xen itself shows on a node of the lab.
import type { LabNode } from '../lab-node';

/** The names of all domains but the node itself. */
export async function domainsOf({ run }: LabNode): Promise<string> {
  return (await run("xl list | awk 'NR > 2 { print $1 }'")).trim();
}

/** What instances leave behind where something went wrong: domains, disks, loop devices, and what the agent keeps of them. */
export async function leftoversOf({ run }: LabNode): Promise<string> {
  const kept = 'ls /var/lib/corral/agent/xen 2>/dev/null || true';
  const looked = [
    "xl list | awk 'NR > 2'",
    'lvs --noheadings -o lv_name corral',
    'losetup --list --noheadings',
  ];
  return (await run([...looked, kept].join('; '))).trim();
}
