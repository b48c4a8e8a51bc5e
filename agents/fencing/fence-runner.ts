import type { AgentParams } from '@/contract/agent-calls';

export type FenceOrder = AgentParams<'fence.run'>;
export type FenceReport = { log(message: string): void; signal?: AbortSignal };

/** Powers other nodes off. What a hook must do is in docs/fencing.md. */
export type FenceRunner = {
  /** Names of the hooks that this node has. */
  list(): Promise<string[]>;
  /** Answers the last line that the hook said; throws when it fails. */
  run(order: FenceOrder, report: FenceReport): Promise<string>;
};
