// What every way of installing an OS does. Ganeti's OS-script interface becomes a further driver beside `tiny`.
import type { InstanceDefinition } from '@/contract/agent-calls';
import type { OsOffer } from '@/contract/schemas/node';
import type { Boot } from '../hypervisors/hypervisor';
import type { Report } from '../storage/block-device';

export type OsDriver = {
  readonly kind: InstanceDefinition['os']['kind'];
  /** Builds or checks what the node needs for it; long, safe to repeat, runs in the background at agent start. */
  prepare(report: Report): Promise<void>;
  /** null where the node's facts tell it otherwise (its list of ISO files). */
  offer(): OsOffer | null;
  /** Writes the OS onto the assembled first disk; running it again starts over. `diskPath` is null for a diskless instance. */
  install(
    request: { definition: InstanceDefinition; diskPath: string | null },
    report: Report,
  ): Promise<void>;
  boot(definition: InstanceDefinition): Promise<Boot>;
};
