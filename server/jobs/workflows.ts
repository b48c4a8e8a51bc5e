// Durable execution by DBOS: one workflow per job, whose steps' outputs survive a crash. The only file that knows DBOS, which is a
// process-wide singleton: one launch at a time.
import { DBOS, Error as DbosErrors } from '@dbos-inc/dbos-sdk';
import type { Json } from '../db/client';
import { withSessionSettings } from '../db/connection';

export type WorkflowBody = (jobId: number) => Promise<void>;

export type Workflows = {
  /** Starts the job's workflow, or does nothing when there is one already. */
  start: (jobId: number) => Promise<void>;
  hasEnded: (jobId: number) => Promise<boolean>;
  /** Deletes the records of workflows that ended long ago: their jobs keep what people want to know. */
  tidy: () => Promise<void>;
  close: () => Promise<void>;
};

/** A crash counts as an attempt; a job that brings the engine down this often is given up. */
const mostRecoveries = 50;
const keepEndedMs = 24 * 3_600_000;
const tidyAtOnce = 500;
const ended = ['SUCCESS', 'ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'];

let body: WorkflowBody | undefined;
const jobWorkflow = DBOS.registerWorkflow(
  async (jobId: number) => {
    if (!body) throw new Error('The engine is not started');
    await body(jobId);
  },
  { name: 'job', maxRecoveryAttempts: mostRecoveries },
);

/** Also goes on with every workflow that a crash interrupted: the executor and the version have fixed names for that. */
export async function launchWorkflows({ url, run }: { url: string; run: WorkflowBody }): Promise<Workflows> {
  body = run;
  DBOS.setConfig({
    name: 'corral',
    systemDatabaseUrl: withSessionSettings(url),
    systemDatabaseSchemaName: 'dbos',
    systemDatabasePoolSize: 10,
    applicationVersion: 'v1',
    executorID: 'engine',
    logLevel: 'error',
  });
  await DBOS.launch();
  return {
    async start(jobId) {
      await DBOS.startWorkflow(jobWorkflow, { workflowID: workflowId(jobId) })(jobId);
    },
    async hasEnded(jobId) {
      const status = await DBOS.getWorkflowStatus(workflowId(jobId));
      return ended.includes(status?.status ?? '');
    },
    async tidy() {
      const completedBefore = new Date(Date.now() - keepEndedMs).toISOString();
      for (;;) {
        const old = await DBOS.listWorkflows({
          ...{ status: 'SUCCESS', completedBefore, limit: tidyAtOnce },
          ...{ loadInput: false, loadOutput: false },
        });
        if (old.length > 0) await DBOS.deleteWorkflows(old.map((workflow) => workflow.workflowID));
        if (old.length < tidyAtOnce) return;
      }
    },
    close: () => DBOS.shutdown(),
  };
}

/** Runs `work` once; when the workflow is recovered, answers what it answered then. */
export function durably<T extends Json>(name: string, work: () => Promise<T>): Promise<T> {
  return DBOS.runStep(work, { name });
}

/** Whether a recovered workflow met other steps than it ran before: the product was replaced by a version that works differently. */
export function isOtherRecipe(error: unknown): boolean {
  return (
    error instanceof DbosErrors.DBOSUnexpectedStepError ||
    error instanceof DbosErrors.DBOSStepNondeterminismError
  );
}

function workflowId(jobId: number): string {
  return `job-${jobId}`;
}
