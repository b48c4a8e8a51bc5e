// What a handler of the call table looks like. All have one shape: those of streaming calls report, the others have nobody listening.
import type { AgentCall, AgentParams, AgentResult, Observation } from '@/contract/agent-calls';
import type { Duplex } from 'node:stream';
import type { ConsoleKind } from '@/contract/schemas/instance';

export type CallContext = {
  /** Aborts when the caller has gone. */
  signal: AbortSignal;
  log(message: string, level?: 'info' | 'warn'): void;
  /** 0 to 1. */
  progress(done: number): void;
};

export type Handlers = {
  [C in AgentCall]: (params: AgentParams<C>, call: CallContext) => Promise<AgentResult<C>>;
};

/** One node as its server sees it: everything the control plane may ask of it. */
export type NodeDoor = {
  readonly nodeId: string;
  readonly handlers: Handlers;
  watch(signal: AbortSignal): AsyncIterable<Observation>;
  openConsole(instanceId: string, kind: ConsoleKind): Promise<Duplex>;
};
