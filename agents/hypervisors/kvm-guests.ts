// All QEMUs that the driver knows, by instance; which of them run is found again after an agent restart.
import { readdir } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import type { InstanceDefinition, ObservedInstance } from '@/contract/agent-calls';
import { Id } from '@/contract/names';
import { ifMissing } from '../missing-file';
import { judgeEnding } from './kvm-ending';
import { kvmFiles, readLastWords, removeAllFiles } from './kvm-files';
import { KvmGuest } from './kvm-guest';
import { findProcess, readBootId, readRecord } from './kvm-record';
import { endedNow, isArriving } from './kvm-run';

type Folders = { stateFolder: string; socketRoot: string };
type Listener = (observed: ObservedInstance) => void;

export type KvmGuests = {
  /** The guest of an instance, made at need. */
  of(instanceId: string, socketRoot?: string): KvmGuest;
  /** One that runs; throws for any other. */
  live(instanceId: string, doing: string): KvmGuest;
  recover(definitions: InstanceDefinition[]): Promise<void>;
  cleanup(instanceId: string): Promise<void>;
  list(): ObservedInstance[];
  onChange(listener: Listener): () => void;
  close(): Promise<void>;
};

export function createKvmGuests({ stateFolder, socketRoot }: Folders): KvmGuests {
  const guests = new Map<string, KvmGuest>();
  const listeners = new Set<Listener>();
  const tell: Listener = (observed) => listeners.forEach((listener) => listener(observed));

  const all: KvmGuests = {
    of(instanceId, root = socketRoot) {
      const known = guests.get(instanceId);
      if (known) return known;
      const guest = new KvmGuest(kvmFiles(stateFolder, root, instanceId), tell);
      guests.set(instanceId, guest);
      return guest;
    },
    live(instanceId, doing) {
      const guest = guests.get(instanceId);
      if (guest?.isLive()) return guest;
      throw new AppError('wrong_state', `Cannot ${doing}: the instance does not run`);
    },
    async recover(definitions) {
      const bootId = await readBootId();
      const ids = await readdir(stateFolder).catch(ifMissing<string[]>([]));
      const found = ids.filter((id) => Id.safeParse(id).success);
      await Promise.all(
        found.map((id) => recoverGuest({ id, bootId, definitions, all, stateFolder, socketRoot })),
      );
    },
    async cleanup(instanceId) {
      const guest = all.of(instanceId);
      if (guest.isLive()) throw new AppError('wrong_state', 'Cannot clean up after an instance that runs');
      await guest.close();
      guests.delete(instanceId);
      await removeAllFiles(guest.files);
    },
    list: () => [...guests.values()].map((guest) => guest.observed()).filter((observed) => observed !== null),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      listeners.clear();
      await Promise.all([...guests.values()].map((guest) => guest.close()));
    },
  };
  return all;
}

type Recovery = Folders & {
  id: string;
  bootId: string;
  definitions: InstanceDefinition[];
  all: KvmGuests;
};

async function recoverGuest(request: Recovery): Promise<void> {
  const { id, bootId, definitions, all, stateFolder, socketRoot } = request;
  const written = await readRecord(kvmFiles(stateFolder, socketRoot, id).record);
  if (!written) return;
  const name = definitions.find((definition) => definition.id === id)?.name ?? written.name;
  const record = { ...written, name };
  const guest = all.of(id, record.socketRoot);
  const process = record.bootId === bootId ? await findProcess(record) : null;
  if (record.ended && !process) return guest.noteEnded(record);
  if (process) return guest.find({ ...record, process });
  const at = new Date().toISOString();
  // A QEMU whose guest powered off waits for the agent, so one that is gone did not end well, unless the whole node went down.
  if (record.bootId !== bootId)
    return guest.noteEnded({
      ...record,
      ended: { operState: 'absent', detail: 'The node was restarted.', at },
    });
  // An end that nobody saw.
  const lastWords = await readLastWords(guest.files.log);
  const traces = { arriving: isArriving(record), asked: false, shutdown: null, ending: null, lastWords };
  await guest.noteEnded({ ...record, ended: endedNow(judgeEnding(traces)) });
}
