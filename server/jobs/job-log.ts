// A job's log lines: gathered for a moment, then written and announced in one statement, in order. `flush` before a step ends, so that no
// line comes after the step's end.
import { log as processLog } from '../log';
import type { Db } from '../db/client';
import type { LogLevel } from './operation';
import { storableJson } from './job-rows';

const gatherMs = 100;
const longestLine = 4_000;
/** Above this many lines in one batch the rest is left out, with a line that says so. */
const mostLinesAtOnce = 500;

type Line = { at: string; level: LogLevel; step: string | null; message: string };

export type JobLog = {
  write: (line: { level: LogLevel; step: string | null; message: string }) => void;
  flush: () => Promise<void>;
};

export function openJobLog(db: Db, jobId: number): JobLog {
  let waiting: Line[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const lines = shorten(waiting);
    waiting = [];
    if (lines.length > 0)
      writing = writing.then(() => writeLines(db, jobId, lines)).catch(reportFailure(jobId));
    return writing;
  };
  return {
    write({ level, step, message }) {
      waiting.push({ at: new Date().toISOString(), level, step, message: message.slice(0, longestLine) });
      timer ??= setTimeout(() => void flush(), gatherMs);
    },
    flush,
  };
}

function shorten(lines: Line[]): Line[] {
  if (lines.length <= mostLinesAtOnce) return lines;
  const kept = lines.slice(0, mostLinesAtOnce - 1);
  const message = `${lines.length - kept.length} lines left out: too many at once`;
  return [...kept, { at: new Date().toISOString(), level: 'warn', step: null, message }];
}

/** The serial numbers are given here and not by the caller: a recovered job goes on where its log ended. */
async function writeLines(db: Db, jobId: number, lines: Line[]): Promise<void> {
  await db.$queryRaw`
    WITH last AS (SELECT COALESCE(max(serial), 0) AS serial FROM "JobLogLine" WHERE "jobId" = ${jobId}),
    given AS (
      SELECT l.ordinality + last.serial AS serial, l.line
      FROM last, jsonb_array_elements(${storableJson(lines)}::jsonb) WITH ORDINALITY AS l(line)
    ), stored AS (
      INSERT INTO "JobLogLine" ("jobId", serial, at, level, step, message)
      SELECT ${jobId}, serial, (line->>'at')::timestamptz, line->>'level', line->>'step', line->>'message' FROM given
    )
    SELECT publish_event('job-log', ${String(jobId)}, (SELECT "ownerId" FROM "Job" WHERE id = ${jobId}),
      jsonb_build_object('lines', jsonb_agg(line || jsonb_build_object('serial', serial) ORDER BY serial)))
    FROM given`;
}

/** Lost lines must not fail the job whose work went well. */
function reportFailure(jobId: number): (error: unknown) => void {
  return (error) => processLog.error({ error, jobId }, 'Cannot write log lines of a job');
}
