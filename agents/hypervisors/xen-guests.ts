// All domains that the drivers know, by instance; which of them are there is found again after an agent restart.
import { readdir } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import type { InstanceDefinition } from '@/contract/agent-calls';
import { Id } from '@/contract/names';
import { wordsOf } from '../log';
import { ifMissing } from '../missing-file';
import { killByArgument } from '../tools/proc/programs';
import { readBootId } from './kvm-record';
import { XenGuest } from './xen-guest';
import { createXenNode, findDomain, type XenNode } from './xen-node';
import { endedNow, readXenRecord, removeXenFiles, xenFiles, type XenRecord } from './xen-record';
import { removeDomain } from './xen-removal';
import { endMoves, recoverMigration } from './xen-settle';
import type { Listener } from './xen-states';

export type XenGuests = {
  readonly node: XenNode;
  /** The guest of an instance, made at need. */
  of(instanceId: string): XenGuest;
  /** One that runs; throws for any other. */
  live(instanceId: string, doing: string): XenGuest;
  /** Once, whichever of the drivers asks. */
  recover(definitions: InstanceDefinition[]): Promise<void>;
  cleanup(instanceId: string): Promise<void>;
  /** Whether a domain with this id is or was an instance's. */
  isKnown(id: string): boolean;
  /** Forgets it, whose domain runs on. */
  release(instanceId: string): Promise<void>;
  list(): XenGuest[];
  onChange(listener: Listener): () => void;
  close(): Promise<void>;
};

export function createXenGuests(stateFolder: string): XenGuests {
  const guests = new Map<string, XenGuest>();
  const listeners = new Set<Listener>();
  const tell: Listener = (observed) => listeners.forEach((listener) => listener(observed));
  const node = createXenNode();
  const stopHearing = node.hear((domains) => guests.forEach((guest) => guest.hear(domains)));
  let recovering: Promise<void> | null = null;

  const all: XenGuests = {
    node,
    of(instanceId) {
      const known = guests.get(instanceId);
      if (known) return known;
      const guest = new XenGuest(xenFiles(stateFolder, instanceId), node, tell);
      guests.set(instanceId, guest);
      return guest;
    },
    live(instanceId, doing) {
      const guest = guests.get(instanceId);
      if (guest?.isLive()) return guest;
      throw new AppError('wrong_state', `Cannot ${doing}: the instance does not run`);
    },
    recover(definitions) {
      return (recovering ??= (async () => {
        const ids = await readdir(stateFolder).catch(ifMissing<string[]>([]));
        for (const id of ids.filter((one) => Id.safeParse(one).success))
          await recoverGuest(all.of(id), definitions, node);
      })());
    },
    async cleanup(instanceId) {
      const guest = all.of(instanceId);
      if (guest.isLive()) throw new AppError('wrong_state', 'Cannot clean up after an instance that runs');
      guests.delete(instanceId);
      await guest.close();
      await removeXenFiles(guest.files);
    },
    isKnown: (id) => Boolean(guests.get(id)?.record()),
    async release(instanceId) {
      await guests.get(instanceId)?.release();
      await all.cleanup(instanceId);
    },
    list: () => [...guests.values()],
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      listeners.clear();
      stopHearing();
      node.close();
      await Promise.all([...guests.values()].map((guest) => guest.close()));
    },
  };
  return all;
}

async function recoverGuest(
  guest: XenGuest,
  definitions: InstanceDefinition[],
  node: XenNode,
): Promise<void> {
  const written = await readXenRecord(guest.files.record);
  if (!written) return;
  const name = definitions.find(({ id }) => id === written.instanceId)?.name ?? written.name;
  const record = { ...written, name };
  if (record.building || isStillToArrive(record)) return clearHalfMade(guest, record, node);
  const domain = findDomain(await node.look(), record.instanceId);
  if (domain) {
    await guest.adopt(record, domain);
    await recoverMigration(guest, node);
    // What happened to it while nobody was there.
    return guest.look();
  }
  if (record.ended) return guest.noteEnd(record, record.ended);
  const wasRestarted = record.bootId !== (await readBootId());
  const detail = wasRestarted ? 'The node was restarted.' : 'Its domain is gone; nobody saw its end.';
  await guest.noteEnd(record, endedNow({ operState: wasRestarted ? 'absent' : 'crashed', detail }));
}

const isStillToArrive = ({ migration }: XenRecord) => migration?.side === 'target' && !migration.arrived;

/** What is half made is taken apart, with what was at work on it; whoever wanted it to run asks again. */
async function clearHalfMade(guest: XenGuest, record: XenRecord, node: XenNode): Promise<void> {
  const note = (building: boolean, detail: string) =>
    guest.noteEnd({ ...record, building, migration: null }, endedNow({ operState: 'absent', detail }));
  const [what, doing] = record.building ? ['start', 'starting'] : ['arrival', 'receiving'];
  // Where Xen does not answer nothing is known of any guest: there is no agent then.
  await node.look();
  try {
    if (!(await killByArgument(guest.files.config)))
      throw new AppError('timeout', `xl does not end that was ${doing} ${record.name}`);
    await endMoves(guest.files.folder);
    await removeDomain(node, record);
    await note(false, `The agent ended in the middle of its ${what}.`);
  } catch (error) {
    // The next start takes it apart, or the next agent.
    await note(true, `What is left of its ${what} cannot be taken apart: ${wordsOf(error)}`);
  }
}
