// What every hypervisor driver does. Drivers are handed absolute device paths and plugged NICs; they know no storage and no policy.
// Laws: every verb may run again after a crash half-way; a driver finds its instances again after an agent restart; state comes from the
// hypervisor's own events and is reported through `onChange`, never by polling for "did it stop".
import type { Duplex } from 'node:stream';
import type { InstanceDefinition, ObservedInstance } from '@/contract/agent-calls';
import type {
  MigrationDoor,
  MigrationOutcome,
  MigrationState,
  RunningMachine,
} from '@/contract/agent-live-calls';
import type { DiskMode } from '@/contract/schemas/disk';
import type { ForeignDomain } from '@/contract/schemas/domain';
import type { MigrationLimits } from '@/contract/schemas/hv-params';
import type { HypervisorKind } from '@/contract/hypervisor-kind';
import type { ConsoleKind } from '@/contract/schemas/instance';
import type { AcceleratorSetting, Accelerator, NodeFacts } from '@/contract/schemas/node';

/** How the machine boots: its firmware (from what comes first in `order`), a kernel from the node, or an ISO file (absolute paths). */
export type Boot =
  | { kind: 'firmware'; order?: 'disk' | 'cdrom' | 'network' }
  | { kind: 'iso'; path: string }
  | { kind: 'kernel'; kernel: string; initrd: string | null; args: string };

/** `isMirrored`: another node has it, too, so that nothing of it may stay in this node's page cache. `mode` absent: `rw`. */
export type AssembledDisk = {
  id: string;
  index: number;
  path: string;
  isMirrored: boolean;
  mode?: DiskMode;
};

/** Where a disk or NIC is in a machine. */
export type Place = Pick<AssembledDisk, 'id' | 'index' | 'mode'>;

/** As it is written down what a machine is made of. */
export const placeOf = ({ id, index, mode }: Place): Place =>
  mode === 'ro' ? { id, index, mode } : { id, index };

/** The back end of a virtual interface: one of QEMU's, or the bridge that it is to be in where the hypervisor makes its interfaces itself. */
export type Netdev =
  { type: 'user' } | { type: 'tap'; ifname: string; queues: number } | { type: 'bridge'; bridge: string };

/** A NIC that the network driver prepared. */
export type PluggedNic = { id: string; index: number; mac: string; netdev: Netdev };

/** What lies in the CD drive: the name of the ISO file, and where it is. */
export type Cd = { iso: string; path: string };

/** `definition` as it counts for this start, one-time overrides included. */
export type StartRequest = {
  definition: InstanceDefinition;
  boot: Boot;
  cd?: Cd | null;
  disks: AssembledDisk[];
  nics: PluggedNic[];
  /** Stands still until it is resumed. */
  paused?: boolean;
};

export type StopRequest = { instanceId: string; force: boolean; timeoutMs: number; signal?: AbortSignal };

/** The same machine as `accelerator` ran at the source; `address` is where it waits. */
export type ReceiveRequest = {
  start: StartRequest;
  accelerator: RunningMachine['accelerator'];
  address: string;
};

export type MigrateRequest = MigrationDoor & MigrationLimits & { instanceId: string; signal?: AbortSignal };

/** 0 to 1. */
export type Progress = (done: number) => void;

export type FinishRequest = {
  instanceId: string;
  side: 'source' | 'target';
  success: boolean;
  resume: boolean;
};

/** `memory`: of all that there is for instances, without what the node itself has. */
export type HostFacts = Required<Pick<NodeFacts, 'memory' | 'xen'>> & { threads: number };

/** What runs under the hypervisor and is no instance. */
export type Foreign = {
  /** Looked at now. Which volumes its disks are is not known to the driver. */
  list(): Promise<ForeignDomain[]>;
  /** Calls back when one has come or gone, or stands otherwise; returns the unsubscribe function. */
  onChange(listener: () => void): () => void;
  /**
   * Makes it an instance while it runs on: with the definition's id, and built of all this at its next start. Taken over is success; refused
   * where it is another machine than that.
   */
  takeOver(request: StartRequest): Promise<void>;
  /** It runs on under this name and is no instance any more, also after half a take-over; gone is success. */
  letGo(instanceId: string, name: string): Promise<void>;
};

export type Hypervisor = LiveVerbs & {
  readonly kind: HypervisorKind;
  /** null where it cannot run on this node; else its version. */
  version(): Promise<string | null>;
  accelerator(): Accelerator;
  /** What it says of the machine, where the kernel of the node sees only a part of it; null where it does not answer. */
  host?(): Promise<HostFacts | null>;
  configure(setting: AcceleratorSetting): void;
  /** Where machines of others can be taken over. */
  readonly foreign?: Foreign;
  /** Finds running instances again; called once before anything else. */
  recover(definitions: InstanceDefinition[]): Promise<void>;
  /** Starts it, or answers at once when it runs. A failed start leaves no process behind; the error carries the hypervisor's own words. */
  start(request: StartRequest): Promise<void>;
  /** Resolves when it no longer runs. `forced` tells whether it had to be killed. Not running: resolves at once. */
  stop(request: StopRequest): Promise<{ forced: boolean }>;
  reset(instanceId: string): Promise<void>;
  /** Removes run-time files and the serial history of an instance that does not run. */
  cleanup(instanceId: string): Promise<void>;
  list(): ObservedInstance[];
  /** Calls back for every change of an observed instance; returns the unsubscribe function. */
  onChange(listener: (observed: ObservedInstance) => void): () => void;
  /** A raw byte stream of the screen (RFB) or the serial line. Serial: first the history from the first line, then live, many viewers at once. */
  openConsole(instanceId: string, kind: ConsoleKind): Promise<Duplex>;
  /** Lets go of sockets and timers; instances keep running. */
  close(): Promise<void>;
};

/** What can be done to an instance while it runs; `wrong_state` where it does not. */
export type LiveVerbs = Migration & {
  pause(instanceId: string): Promise<void>;
  resume(instanceId: string): Promise<void>;
  /** Plugged already: answers at once. */
  plugDisk(instanceId: string, disk: AssembledDisk): Promise<void>;
  /** Resolves when the guest has let go of it and nothing has it open; `tool_failed` when it refuses, `timeout` when it does not listen. */
  unplugDisk(instanceId: string, diskId: string): Promise<void>;
  plugNic(instanceId: string, nic: PluggedNic): Promise<void>;
  unplugNic(instanceId: string, nicId: string): Promise<void>;
  /** Tells the guest that the disk has grown. */
  resizeDisk(instanceId: string, disk: { diskId: string; sizeMiB: number }): Promise<void>;
  /** Asks the guest to make do with this much; how far it has got is observed. */
  balloon(instanceId: string, memoryMiB: number): Promise<void>;
  changeCd(instanceId: string, cd: Cd | null): Promise<void>;
  machine(instanceId: string): RunningMachine;
};

/** Moving a running instance. Until the target finishes with success, the guest goes on nowhere but at the source. */
type Migration = {
  /** Builds the machine and waits for its state; what an earlier attempt left is thrown away. Nobody without the key gets in. */
  receive(request: ReceiveRequest): Promise<MigrationDoor>;
  /** Resolves when all of it has arrived and it stands still here. A failure leaves it running here. An aborted signal only ends the waiting. */
  migrate(request: MigrateRequest, report: Progress): Promise<MigrationOutcome>;
  /** The guest goes on here; nothing to do where no migration goes on. */
  cancelMigration(instanceId: string): Promise<void>;
  /** Of a source after success and a target without, nothing is left. */
  finishMigration(request: FinishRequest): Promise<void>;
  migrationState(instanceId: string): Promise<MigrationState>;
  serialHistory(instanceId: string): Promise<Buffer>;
  seedSerial(instanceId: string, history: Buffer): Promise<void>;
};
