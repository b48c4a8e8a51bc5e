// What lies on nodes beyond what the instances that the console knows of account for, and what they lack. Read from the nodes' own tools.
import type { Instance } from '@/contract/schemas/instance';
import type { LabNode } from '../lab-node';

/** One sentence for each; empty when all fits. Nodes without power are not asked. */
export async function findLeftovers(nodes: readonly LabNode[], instances: Instance[]): Promise<string[]> {
  const perNode = nodes
    .filter((node) => node.isRunning())
    .map(async (node) => {
      const here = instances.filter(({ node: on, secondary }) =>
        [on?.name, secondary?.name].includes(node.name),
      );
      const running = instances.filter(
        (one) => one.node?.name === node.name && ['running', 'paused'].includes(one.operState),
      );
      const mirrored = here
        .filter(({ diskTemplate }) => diskTemplate === 'drbd')
        .flatMap(({ disks }) => disks);
      const wanted = {
        volumes: [
          ...mirrored.flatMap(({ id }) => [`disk-${id}`, `disk-${id}.meta`]),
          ...here
            .filter(({ diskTemplate }) => diskTemplate === 'plain')
            .flatMap(({ disks }) => disks.map(({ id }) => `disk-${id}`)),
        ],
        mirrors: mirrored.map(({ id }) => `disk-${id}`),
        machines: running.map(({ id }) => id),
        taps: running.flatMap(({ nics }) => nics.filter(({ mode }) => mode === 'bridged')).length,
      };
      return compare(node.name, wanted, await readNode(node));
    });
  return (await Promise.all(perNode)).flat();
}

type Held = { volumes: string[]; mirrors: string[]; machines: string[]; taps: number };

const machinesOfQemu = `pgrep -a qemu-system | grep -oE -- '-uuid [0-9a-f-]{36}' | cut -d' ' -f2 || true`;
/** The first one is the node itself. */
const domainsOfXen = `xl list -v 2>/dev/null | grep -oE '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}' | tail -n +2 || true`;

async function readNode({ run }: LabNode): Promise<Held> {
  const words = (text: string) => text.split(/\s+/).filter((word) => word !== '');
  const status = await run('drbdsetup status 2>/dev/null || true');
  return {
    volumes: words(await run('lvs --noheadings -o lv_name corral')),
    mirrors: [...status.matchAll(/^(\S+) role:/gm)].map(([, name = '']) => name),
    machines: [...words(await run(machinesOfQemu)), ...words(await run(domainsOfXen))],
    taps: words(await run('ls /sys/class/net | grep -E "^(cr[0-9a-f]{12}|vif[0-9]+\\.[0-9]+)$" || true'))
      .length,
  };
}

function compare(name: string, wanted: Held, held: Held): string[] {
  const differences = (['volumes', 'mirrors', 'machines'] as const).flatMap((what) => [
    ...held[what]
      .filter((one) => !wanted[what].includes(one))
      .map((one) => `${name}: ${what} has ${one} beyond`),
    ...wanted[what].filter((one) => !held[what].includes(one)).map((one) => `${name}: ${what} lacks ${one}`),
  ]);
  if (held.taps !== wanted.taps) differences.push(`${name}: ${held.taps} taps instead of ${wanted.taps}`);
  return differences;
}
