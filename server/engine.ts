// The engine process: runs jobs and watchers. One is active at a time, others stand by. It ends when it loses the database, and the next one
// goes on where it stopped.
import { setTimeout as sleep } from 'node:timers/promises';
import { createAgentClient } from './agents/agent-client';
import { signNodeCertificate } from './agents/ca';
import { credentialsOf, loadControlIdentity } from './agents/control-identity';
import { createDb } from './db/client';
import { env } from './env';
import { sharedImageStore } from './images/shared-store';
import { startJobEngine } from './jobs/job-engine';
import { becomeLeader, type Leader } from './jobs/leader';
import { log } from './log';
import { operations } from './operations/registry';
import { dieWith, onProcessEnd } from './process-end';
import { settle } from './quotas/ledger';
import { listVolumes } from './watchers/list-volumes';
import { noticeReturned } from './watchers/notice-returned';
import { keepMirrored } from './watchers/keep-mirrored';
import { keepRunning } from './watchers/keep-running';
import { observeNodes } from './watchers/observe-nodes';
import { prune } from './watchers/prune';
import { renewCertificates } from './watchers/renew-certificates';
import { renewControlCertificate } from './watchers/renew-control-certificate';
import { verifyClusters } from './watchers/verify-clusters';

const databasePatienceMs = 60_000;
const { DATABASE_URL: url, CORRAL_SECRET: secret, CORRAL_KEEP_JOBS_DAYS: keepJobsDays } = env();
const closers: (() => unknown)[] = [];
const ending = new AbortController();

onProcessEnd(async () => {
  ending.abort();
  // What runs is cut off by the end of the process and runs again at the next start; only the door is closed properly.
  for (const close of closers.reverse()) await close();
});

try {
  await run();
} catch (error) {
  if (!ending.signal.aborted) dieWith(`The engine cannot start: ${wordsOf(error)}`);
}

async function run(): Promise<void> {
  const leader = await leadWhenReachable();
  closers.push(() => leader.close());
  const db = createDb(url, 12);
  const identity = await loadControlIdentity(db, secret);
  const { ca } = identity;
  const agents = createAgentClient(credentialsOf(identity));
  const engine = await startJobEngine({
    db,
    url,
    leader,
    services: { agents, images: sharedImageStore() },
    operations: Object.values(operations),
    onFinished: (tx, { jobId, keep }) => settle(tx, { jobId, success: keep }),
    fatal: (message, error) => dieWith(`${message}: ${wordsOf(error)}`),
  });
  closers.push(() => engine.stop());
  const watchers = [
    observeNodes({ db, agents }),
    noticeReturned({ db, agents }),
    listVolumes({ db, agents }),
    renewCertificates({ db, agents, sign: (request) => signNodeCertificate({ ca, ...request }) }),
    renewControlCertificate({ db, secret, agents }),
    keepRunning({ db }),
    keepMirrored({ db }),
    verifyClusters({ db }),
    prune({ db, keepJobsDays }),
  ];
  for (const watcher of watchers) closers.push(() => watcher.close());
  log.info('engine is active');
}

/** A database that is just starting is waited for. */
async function leadWhenReachable(): Promise<Leader> {
  const giveUpAt = performance.now() + databasePatienceMs;
  for (let waitMs = 250; ; waitMs = Math.min(waitMs * 2, 4_000)) {
    try {
      return await becomeLeader({
        url,
        signal: ending.signal,
        onWait: () => log.info('engine stands by: another one is active'),
        onLost: (reason) => dieWith(`The engine lost the database: ${reason}`),
      });
    } catch (error) {
      if (ending.signal.aborted || performance.now() > giveUpAt) throw error;
      await sleep(waitMs, undefined, { signal: ending.signal });
    }
  }
}

/** One line. The database client puts what happened last, below what was asked. */
function wordsOf(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error)).trim().split('\n');
  return lines.at(-1)?.trim() || 'unknown reason';
}
