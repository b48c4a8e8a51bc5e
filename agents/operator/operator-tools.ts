import type { AgentParams } from '@/contract/agent-calls';

export type CommandOrder = AgentParams<'command.run'>;
export type FileOrder = AgentParams<'file.put'>;
export type CommandReport = { log(message: string): void; signal?: AbortSignal };

/** What operators may do on the node by hand, through the console, where the node allows it. */
export type OperatorTools = {
  isAllowed(): Promise<boolean>;
  /** Answers the exit code. A run id is carried out once: asked again, it answers what came out. */
  run(order: CommandOrder, report: CommandReport): Promise<number>;
  put(order: FileOrder): Promise<void>;
};
