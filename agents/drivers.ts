// The set of drivers that one agent works with: real ones on a node, simulated ones in a simulated node. Calls see nothing else.
import type { HookScripts } from './hooks/hook-scripts';
import type { Hypervisor } from './hypervisors/hypervisor';
import type { ImageCache } from './images/image-cache';
import type { SavedImages } from './images/saved-images';
import type { Network } from './network/network';
import type { OsDriver } from './os/os-definition';
import type { Storage } from './storage/block-device';

export type Drivers = {
  hypervisors: Hypervisor[];
  storages: Storage[];
  networks: Network[];
  oses: OsDriver[];
  hooks: HookScripts;
  images: ImageCache;
  saved: SavedImages;
  /** Folder with the node's ISO files; null where there is none. */
  isoFolder: string | null;
};
