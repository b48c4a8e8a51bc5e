// Links of the node: which bridges there are, taps made and removed. Read from sysfs, which costs no program; changed with ip(8).
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ifMissing } from '../../missing-file';
import { run } from '../run';

const timeoutMs = 10_000;

/** A network namespace, and where its sysfs is mounted. */
export type Namespace = { name: string; sysfs: string };

/** null: the agent's own. */
export function createIp(netns: Namespace | null = null) {
  const folder = join(netns?.sysfs ?? '/sys', 'class/net');
  const ip = async (doing: string, args: string[], input?: string) => {
    const argv = ['ip', ...(netns === null ? [] : ['-n', netns.name]), ...args] as const;
    await run({ argv, doing, timeoutMs, input });
  };
  const hasLink = async (...path: string[]) => stat(join(folder, ...path)).then(() => true, ifMissing(false));
  return {
    hasLink: (name: string): Promise<boolean> => hasLink(name),
    /** Sorted. */
    async listBridges(): Promise<string[]> {
      const names = (await readdir(folder)).sort();
      const areBridges = await Promise.all(names.map((name) => hasLink(name, 'bridge')));
      return names.filter((_, at) => areBridges[at]);
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
    async removeLink(name: string): Promise<void> {
      await ip(`remove the interface ${name}`, ['link', 'delete', 'dev', name]);
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
