// Takes a domain apart: until nothing holds its memory or its devices any more.
import { AppError } from '@/contract/errors';
import { destroyDomain } from '../tools/xl/xl';
import { findDomain, isThere, type XenNode } from './xen-node';

const goneMs = 60_000;

export async function removeDomain(
  node: XenNode,
  { instanceId, name }: { instanceId: string; name: string },
): Promise<void> {
  const deadline = Date.now() + goneMs;
  for (;;) {
    const domains = await node.look();
    const domain = findDomain(domains, instanceId);
    if (domain) await destroyDomain(domain.domid, `take the domain of ${name} apart`);
    else if (!isThere(domains, instanceId)) return;
    if (Date.now() > deadline)
      throw new AppError(
        'timeout',
        `The domain of ${name} does not go away: something holds its memory or devices`,
      );
  }
}
