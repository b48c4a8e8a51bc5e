// Links of the node: which bridges there are, taps made and removed. Wraps ip(8).
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { run } from '../run';

const timeoutMs = 10_000;

/** `ip` for one network namespace (null: the agent's own). */
export function createIp(netns: string | null = null) {
  const ip = async (doing: string, args: string[], input?: string) => {
    const argv = ['ip', ...(netns === null ? [] : ['-n', netns]), ...args] as const;
    return (await run({ argv, doing, timeoutMs, input })).stdout;
  };
  const listLinks = async () => parseLinks(await ip('list the links', ['-json', '-details', 'link', 'show']));
  return {
    listLinks,
    async listBridges(): Promise<string[]> {
      return bridgesIn(await listLinks());
    },
    /**
     * Puts a tap up in a bridge; `make` where there is none of that name. QEMU opens one with several queues only if it was made for that, and one
     * with a single queue only if not.
     */
    async plugTap({ name, bridge, mac, make }: PluggedTap): Promise<void> {
      const owner = make?.ownerUid == null ? [] : ['user', String(make.ownerUid)];
      const queues = make?.isMultiQueue ? ['multi_queue'] : [];
      const steps = [
        ...(make ? [['tuntap', 'add', 'dev', name, 'mode', 'tap', ...owner, ...queues]] : []),
        ['link', 'set', 'dev', name, 'address', mac, 'master', bridge, 'up'],
      ];
      await ip(
        `plug ${name} into ${bridge}`,
        ['-batch', '-'],
        steps.map((step) => step.join(' ')).join('\n'),
      );
    },
    /** Also where it does not exist. */
    async removeLink(name: string): Promise<void> {
      await ip(`remove the interface ${name}`, ['link', 'delete', 'dev', name]).catch((error: unknown) => {
        if (error instanceof AppError && /Cannot find device/.test(error.message)) return;
        throw error;
      });
    },
  };
}
export type Ip = ReturnType<typeof createIp>;

type PluggedTap = {
  name: string;
  bridge: string;
  mac: string;
  make: { ownerUid: number | null; isMultiQueue: boolean } | null;
};

export type Link = { name: string; kind: string | null };

const Links = z.array(
  z.object({
    ifname: z.string().optional(),
    linkinfo: z.object({ info_kind: z.string().optional() }).optional(),
  }),
);

/** Out of `ip -json -details link show`; nothing at all is an empty list. */
export function parseLinks(json: string): Link[] {
  if (json.trim() === '') return [];
  return Links.parse(JSON.parse(json)).flatMap(({ ifname, linkinfo }) =>
    ifname === undefined ? [] : [{ name: ifname, kind: linkinfo?.info_kind ?? null }],
  );
}

/** Names, sorted. */
export function bridgesIn(links: readonly Link[]): string[] {
  return links
    .filter(({ kind }) => kind === 'bridge')
    .map(({ name }) => name)
    .sort();
}
