// What every way of installing an OS does.
import type { InstanceAbout, InstanceDefinition } from '@/contract/agent-calls';
import type { OsChoice } from '@/contract/schemas/instance';
import type { OsOffer } from '@/contract/schemas/node';
import type { ScriptOffer } from '@/contract/schemas/os-script';
import type { Boot } from '../hypervisors/hypervisor';
import type { Report } from '../storage/block-device';

export type InstallRequest = {
  definition: InstanceDefinition;
  /** Of the assembled disks, in the order of their indexes; none for a diskless instance. */
  diskPaths: readonly string[];
  /** What only scripts ask about. */
  about?: InstanceAbout;
  /** There was an OS before. */
  reinstall?: boolean;
};

export type OsDriver = {
  readonly kind: InstanceDefinition['os']['kind'];
  /** Builds or checks what the node needs for it; long, safe to repeat, runs in the background at agent start. */
  prepare(report: Report): Promise<void>;
  /** null where the node's facts tell it otherwise (its lists of ISO files and of OS scripts). */
  offer(): OsOffer | null;
  /** Only of `script`: the definitions of the node, also those that are not valid. */
  listScripts?(): Promise<ScriptOffer[]>;
  /** Refuses what could not be installed here as it was chosen. */
  verify?(os: OsChoice, report: Report): Promise<void>;
  /** Writes the OS onto the first disk; running it again starts over. */
  install(request: InstallRequest, report: Report): Promise<void>;
  /** Tells an installed guest its new name, which the definition has already, where it can be told. */
  rename?(request: InstallRequest & { oldName: string }, report: Report): Promise<void>;
  boot(definition: InstanceDefinition): Promise<Boot>;
};
