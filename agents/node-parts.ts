// What the call handlers of one node work with.
import type { NodeFacts } from '@/contract/schemas/node';
import type { Definitions } from './definitions';
import type { Drivers } from './drivers';
import type { IdentityStore } from './identity';
import type { KeyedLocks } from './keyed-locks';
import type { Log } from './log';
import type { NodeTools } from './node-tools';

export type FactsWish = { checkAgain?: boolean };

export type NodeParts = {
  nodeId: string;
  dataDir: string;
  drivers: Drivers;
  tools: NodeTools;
  definitions: Definitions;
  locks: KeyedLocks;
  store: IdentityStore;
  log: Log;
  /** `checkAgain`: also where its checks were made a moment ago. */
  readFacts(how?: FactsWish): Promise<NodeFacts>;
  /** Serves with a renewed certificate from the next connection on. */
  onRenewed(): Promise<void>;
  /** The node is none any more; called after the answer has been given. */
  onLeft(): void;
  /** Tells watchers at once what no driver reports. */
  announce: { changedFacts(): void; changedDefinitions(): void; gone(instanceId: string): void };
};
