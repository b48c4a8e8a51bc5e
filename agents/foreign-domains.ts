// What runs on the node and is no instance, whole: what hypervisors tell of it, the volumes that its disks are, and what of that stands against
// taking it over.
import { AppError } from '@/contract/errors';
import { type ForeignDisk, ForeignDomain } from '@/contract/schemas/domain';
import type { Definitions } from './definitions';
import type { Drivers } from './drivers';
import type { LocatedVolume } from './storage/block-device';

/** What an instance of the node has taken the place of is left out; so is what is too much to tell. */
export async function listForeignDomains(
  drivers: Drivers,
  definitions: Pick<Definitions, 'get'>,
): Promise<ForeignDomain[]> {
  const told = (await listTold(drivers)).filter(({ id }) => !definitions.get(id)).slice(0, mostDomains);
  if (told.length === 0) return [];
  const whole = await complete(drivers, told);
  return whole.flatMap((domain) => ForeignDomain.safeParse(domain).data ?? []);
}
const mostDomains = 1_000;

export async function examineDomain(drivers: Drivers, id: string): Promise<ForeignDomain> {
  const told = (await listTold(drivers)).find((one) => one.id === id);
  if (!told) throw new AppError('not_found', 'No such domain runs on the node any more');
  const [domain = told] = await complete(drivers, [told]);
  return domain;
}

/** By which it was given its disks. */
export async function pathsOfDomain(drivers: Drivers, id: string): Promise<string[]> {
  const told = (await listTold(drivers)).find((one) => one.id === id);
  return told?.disks.map(({ path }) => path) ?? [];
}

async function listTold({ hypervisors }: Drivers): Promise<ForeignDomain[]> {
  return (await Promise.all(hypervisors.map(({ foreign }) => foreign?.list() ?? []))).flat();
}

async function complete(
  { storages, networks }: Drivers,
  domains: readonly ForeignDomain[],
): Promise<ForeignDomain[]> {
  const adoption = storages.find(({ template }) => template === 'plain')?.adoption;
  const paths = domains.flatMap(({ disks }) => disks.map(({ path }) => path));
  const located = (await adoption?.locate(paths)) ?? [];
  const volumes = new Map(paths.map((path, at) => [path, located[at] ?? null]));
  const bridges = (await Promise.all(networks.map((network) => network.links()))).flat();
  return domains.map((domain) => {
    const found = domain.disks.map((disk) => ({ disk, volume: volumes.get(disk.path) ?? null }));
    const [problem = null] = [
      ...(domain.problem === null ? [] : [domain.problem]),
      ...found.flatMap(({ disk, volume }) => whyNoVolume(disk, volume)),
      ...domain.nics.flatMap(({ bridge }) =>
        bridge === null || bridges.includes(bridge) ? [] : [`The node has no bridge ${bridge}.`],
      ),
    ];
    const disks = found.map(({ disk, volume }) => ({
      ...disk,
      ...{ volume: volume?.volume ?? null, sizeMiB: volume?.sizeMiB ?? null },
    }));
    return { ...domain, disks, problem };
  });
}

function whyNoVolume({ vdev, path }: ForeignDisk, found: LocatedVolume | null): string[] {
  const named = `Its disk ${vdev}`;
  if (!found) return [`${named} is no whole logical volume of the node: ${path.slice(0, 200)}`];
  return found.refusal === null ? [] : [`${named} cannot be adopted: ${found.refusal}.`];
}
