// The network between the simulated nodes of one process, for mirrors: finds the two sides of each, lets them compare what they hold when they
// meet, and carries what one lacks. Sides meet when port, secret and addresses fit together, as DRBD's would.
import { nextGeneration } from './simulated-generations';
import { belong, judge } from './simulated-meeting';
import { isUp, type Side } from './simulated-sides';
import { createSyncs, otherEnd, type Link, type SyncProgress, type SyncTiming } from './simulated-sync';

export type SimulatedWire = {
  plug(side: Side): void;
  /** The side's node has gone with everything on it, as it is; only its peer notices. */
  unplug(side: Side): void;
  /** Finds the peer, where this side looks for it. */
  connect(side: Side): void;
  disconnect(side: Side): void;
  /** null while they are not connected. */
  peerOf(side: Side): Side | null;
  syncOf(side: Side): SyncProgress | null;
  /** The peer receives what this side has. */
  startSync(source: Side): void;
  /** Pulls a node's cable, until it is plugged in again. */
  cut(nodeId: string): void;
  heal(nodeId: string): void;
  /** One step of every synchronisation. */
  tick(): void;
  /** All nodes end at the same moment, so none notices another one go. */
  stop(): void;
};

export function createSimulatedWire(timing: SyncTiming = {}): SimulatedWire {
  const sides = new Set<Side>();
  const links = new Set<Link>();
  const cutNodes = new Set<string>();
  const syncs = createSyncs(links, timing);
  const linkOf = (side: Side) => [...links].find(({ ends }) => ends.includes(side));
  const looksForPeer = (side: Side) => !cutNodes.has(side.nodeId) && !linkOf(side) && wantsPeer(side);

  const meet = (a: Side, b: Side) => {
    const outcome = judge(a, b);
    for (const { state } of [a, b]) {
      if (!state.device) continue;
      if (outcome.kind === 'drop') state.device.dropped = outcome.why;
      else if (state.device.wish === 'discardLocal') state.device.wish = 'usual';
    }
    if (outcome.kind === 'link') {
      const link: Link = { ends: [a, b], sync: null };
      links.add(link);
      if (outcome.source) syncs.start(link, outcome.source);
    }
    a.changed();
    b.changed();
  };
  const connect = (side: Side) => {
    if (!looksForPeer(side)) return;
    const peer = [...sides].find((other) => other !== side && looksForPeer(other) && belong(side, other));
    if (peer) meet(side, peer);
  };
  const disconnect = (side: Side) => {
    const link = linkOf(side);
    if (!link) return;
    links.delete(link);
    link.ends.forEach(goOnAlone);
  };
  const ofNode = (nodeId: string) => [...sides].filter((side) => side.nodeId === nodeId);

  return {
    plug: (side) => {
      sides.add(side);
      connect(side);
    },
    unplug: (side) => {
      sides.delete(side);
      const link = linkOf(side);
      if (!link) return;
      links.delete(link);
      goOnAlone(otherEnd(link, side));
    },
    connect,
    disconnect,
    peerOf: (side) => {
      const link = linkOf(side);
      return link ? otherEnd(link, side) : null;
    },
    syncOf: (side) => {
      const link = linkOf(side);
      return link ? syncs.progressOf(side, link) : null;
    },
    startSync: (source) => {
      const link = linkOf(source);
      if (!link) return;
      syncs.start(link, source);
      link.ends.forEach((end) => end.changed());
    },
    cut: (nodeId) => {
      cutNodes.add(nodeId);
      ofNode(nodeId).forEach(disconnect);
    },
    heal: (nodeId) => {
      cutNodes.delete(nodeId);
      ofNode(nodeId).forEach(connect);
    },
    tick: syncs.tick,
    stop: () => {
      links.clear();
      sides.clear();
      syncs.tick();
    },
  };
}

function wantsPeer(side: Side): boolean {
  return isUp(side) && side.state.device.wish !== 'none' && side.state.device.dropped === null;
}

/** What a primary writes from now on, its peer lacks. */
function goOnAlone(side: Side): void {
  const { state } = side;
  if (state.device?.role === 'primary' && state.isWhole)
    state.generations = nextGeneration(state.generations);
  side.changed();
}
