// What all domains of the node have in common: who looks, and when. Xen's store tells that a domain has come, ended or gone; what became of
// which is then read for all of them at once.
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@/contract/errors';
import { shareReads } from '../tools/share-reads';
import { type Domain } from '../tools/xl/parse';
import { destroyDomain, listDomains } from '../tools/xl/xl';
import { watchDomains } from '../tools/xenstore/xenstore';

const againMs = 1_000;
const goneMs = 60_000;

export type XenNode = {
  /** As it is found after it was asked for. */
  look(): Promise<Domain[]>;
  /** Hears every look; returns what ends that. */
  hear(hearer: (domains: Domain[]) => void): () => void;
  close(): void;
};

export function createXenNode(): XenNode {
  const hearers = new Set<(domains: Domain[]) => void>();
  let isClosed = false;
  let stop = () => {};

  const look = shareReads(async () => {
    const domains = await listDomains();
    for (const hearer of hearers) hearer(domains);
    return domains;
  });
  /** A look that fails is made up for: nothing else would tell of the change. */
  const lookInBackground = async () => {
    while (!isClosed) {
      const seen = await look().catch(() => null);
      if (seen !== null) return;
      await delay(againMs, undefined, { ref: false });
    }
  };
  const watch = () => {
    stop = watchDomains(
      () => void lookInBackground(),
      () => {
        if (!isClosed) setTimeout(() => !isClosed && watch(), againMs).unref();
      },
    );
  };
  watch();

  return {
    look,
    hear(hearer) {
      hearers.add(hearer);
      return () => hearers.delete(hearer);
    },
    close() {
      isClosed = true;
      stop();
    },
  };
}

/** The domain of an instance; one that Xen is still taking apart is none any more. */
export function findDomain(domains: readonly Domain[], instanceId: string): Domain | null {
  return domains.find(({ uuid, isDying }) => uuid === instanceId && !isDying) ?? null;
}

/** Also one of which only a shell is left, which still holds its devices. */
function isThere(domains: readonly Domain[], instanceId: string): boolean {
  return domains.some(({ uuid }) => uuid === instanceId);
}

/** Resolves when nothing holds its devices any more. */
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
