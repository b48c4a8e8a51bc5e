// What every hypervisor driver does. Drivers are handed absolute device paths and plugged NICs; they know no storage and no policy.
// Laws: every verb may run again after a crash half-way; a driver finds its instances again after an agent restart; state comes from the
// hypervisor's own events and is reported through `onChange`, never by polling for "did it stop".
import type { Duplex } from 'node:stream';
import type { InstanceDefinition, ObservedInstance } from '@/contract/agent-calls';
import type { ConsoleKind, HypervisorKind } from '@/contract/schemas/instance';
import type { AcceleratorSetting, Accelerator } from '@/contract/schemas/node';

/** How the machine boots: its own disk or firmware, a kernel from the node, or an ISO file (absolute paths). */
export type Boot =
  | { kind: 'firmware' }
  | { kind: 'iso'; path: string }
  | { kind: 'kernel'; kernel: string; initrd: string; args: string };

export type AssembledDisk = { id: string; index: number; path: string };

/** A NIC that the network driver prepared; `netdev` is the back end's part of a QEMU -netdev value without id. */
export type PluggedNic = { id: string; index: number; mac: string; netdev: string; ifname: string | null };

export type StartRequest = {
  definition: InstanceDefinition;
  boot: Boot;
  disks: AssembledDisk[];
  nics: PluggedNic[];
};

export type StopRequest = { instanceId: string; force: boolean; timeoutMs: number; signal?: AbortSignal };

export type Hypervisor = {
  readonly kind: HypervisorKind;
  /** null where it cannot run on this node; else its version. */
  version(): Promise<string | null>;
  accelerator(): Accelerator;
  configure(setting: AcceleratorSetting): void;
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
