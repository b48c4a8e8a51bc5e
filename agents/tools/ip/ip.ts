// Links of the node: which bridges there are, taps made and removed. Wraps ip(8).
import { z } from 'zod';
import { run } from '../run';

const Links = z.array(z.object({ ifname: z.string().optional() }));
const timeoutMs = 10_000;

/** `ip` for one network namespace (null: the agent's own). */
export function createIp(netns: string | null = null) {
  const ip = async (doing: string, args: string[]) => {
    const argv = ['ip', ...(netns === null ? [] : ['-n', netns]), ...args] as const;
    return (await run({ argv, doing, timeoutMs })).stdout;
  };
  return {
    async listBridges(): Promise<string[]> {
      return parseLinks(await ip('list the bridges', ['-json', 'link', 'show', 'type', 'bridge'])).sort();
    },
    async hasLink(name: string): Promise<boolean> {
      return parseLinks(await ip('list the links', ['-json', 'link', 'show'])).includes(name);
    },
    /** QEMU opens one with several queues only if it was made for that, and one with a single queue only if not. */
    async addTap(
      name: string,
      { ownerUid, isMultiQueue }: { ownerUid: number | null; isMultiQueue: boolean },
    ): Promise<void> {
      const owner = ownerUid === null ? [] : ['user', String(ownerUid)];
      const queues = isMultiQueue ? ['multi_queue'] : [];
      const tap = ['tuntap', 'add', 'dev', name, 'mode', 'tap', ...owner, ...queues];
      await ip(`make the interface ${name}`, tap);
    },
    async plugLink({ name, bridge, mac }: { name: string; bridge: string; mac: string }): Promise<void> {
      const link = ['dev', name, 'address', mac, 'master', bridge, 'up'];
      await ip(`plug ${name} into ${bridge}`, ['link', 'set', ...link]);
    },
    async removeLink(name: string): Promise<void> {
      await ip(`remove the interface ${name}`, ['link', 'delete', 'dev', name]);
    },
  };
}
export type Ip = ReturnType<typeof createIp>;

/** Names out of `ip -json link show`; nothing at all is an empty list. */
export function parseLinks(json: string): string[] {
  if (json.trim() === '') return [];
  return Links.parse(JSON.parse(json)).flatMap(({ ifname }) => (ifname === undefined ? [] : [ifname]));
}
