// The first moments of a guest: one whose kernel finds no root disk, or is none, ends then, and who started it should hear why.
import { AppError } from '@/contract/errors';
import { readStore, watchStore } from '../tools/xenstore/xenstore';
import { type Domain, vdevNumber } from '../tools/xl/parse';
import { findDomain, type XenNode } from './xen-node';
import type { XenRecord } from './xen-record';

/** So long a kernel may take until its driver has found its first disk, also on a busy machine; afterwards nobody waits. */
const patienceMs = 20_000;
/** xenbus_state of xen/include/public/io/xenbus.h: both drivers have found each other. */
const connected = '4';

/**
 * Resolves when a paravirtual guest has found its first disk, has ended by itself, or takes longer; with `true` when it has crashed. What
 * boots like a PC has nothing that tells.
 */
export async function crashesAtOnce(
  node: XenNode,
  { kind, instanceId, config }: XenRecord,
  { domid }: Domain,
): Promise<boolean> {
  const [disk] = config.disks;
  if (kind === 'xen-hvm' || !disk) return false;
  const state = `/local/domain/${domid}/device/vbd/${vdevNumber(disk.vdev)}/state`;
  return new Promise((resolve) => {
    const end = (crashes: boolean) => {
      clearTimeout(timer);
      stopHearing();
      stopWatching();
      resolve(crashes);
    };
    const timer = setTimeout(() => end(false), patienceMs);
    const stopHearing = node.hear((domains) => {
      const found = findDomain(domains, instanceId);
      if (found?.reason !== null) end(found?.reason === 'crash');
    });
    const look = async () => {
      if ((await readStore(state)) === connected) end(false);
    };
    const stopWatching = watchStore(
      [state],
      () => void look().catch(() => end(false)),
      () => {},
    );
  });
}

export function crashedAtStart(name: string, words: string): AppError {
  const said = words === '' ? 'It said nothing on its serial line.' : `Its last words: ${words}`;
  return new AppError('tool_failed', `Cannot start ${name}: its guest crashed at once. ${said}`);
}
