// Where the guest is after a migration that was broken off, from what both nodes say: pure, so that every combination can be tested.

/** `runs`: it is running or paused there; one that has been sent says so too, but stands still. */
export type NodeView = {
  nodeId: string;
  runs: boolean;
  migration: 'sending' | 'sent' | 'receiving' | null;
};
export type Finish = { nodeId: string; side: 'source' | 'target'; success: boolean };
/** `finish` in this order: a target lets go before its source goes on. */
export type Verdict = { runsOn: string | null; finish: Finish[] };

/** null where both nodes run it, so that none of them is right. `primaryId`: the node that the database has for it. */
export function judgeMigration(views: readonly NodeView[], primaryId: string): Verdict | null {
  const going = views.filter(({ runs, migration }) => runs && migration === null);
  const holding = views.filter(({ migration }) => migration === 'sending' || migration === 'sent');
  const failedTargets = views
    .filter(({ migration }) => migration === 'receiving')
    .map(({ nodeId }): Finish => ({ nodeId, side: 'target', success: false }));
  const [goer] = going;
  const [holder] = holding;
  if (going.length + holding.filter(({ migration }) => migration === 'sending').length > 1) return null;
  if (holding.length > 1) return null;
  if (goer) return { runsOn: goer.nodeId, finish: [...failedTargets, ...holding.map(handedOver)] };
  if (!holder) return { runsOn: null, finish: failedTargets };
  // It was handed over and has ended there since: what the source remembers is older than the disks.
  const isOver = holder.migration === 'sent' && holder.nodeId !== primaryId && failedTargets.length === 0;
  if (isOver) return { runsOn: null, finish: [handedOver(holder)] };
  const back: Finish = { nodeId: holder.nodeId, side: 'source', success: false };
  return { runsOn: holder.nodeId, finish: [...failedTargets, back] };
}

const handedOver = ({ nodeId }: NodeView): Finish => ({ nodeId, side: 'source', success: true });
