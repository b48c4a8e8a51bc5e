// Runs one script of an OS definition: its output goes to the caller's log and to a file of the node, whose end is in the error.
import { appendFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@/contract/errors';
import { makeFolder } from '../durable-file';
import type { Report } from '../storage/block-device';
import { type GroupRequest, runGroup } from '../tools/run';
import type { ScriptDefinition, ScriptKind } from './script-definition';
import type { ScriptEnv } from './script-env';

export type ScriptRun = {
  script: ScriptDefinition;
  kind: ScriptKind;
  args?: readonly string[];
  env: ScriptEnv;
  timeoutMs: number;
  files?: GroupRequest['files'];
  /** For the name of the log file and for messages; null for a script that asks about no instance. */
  instanceName: string | null;
  /** Held as long as the script or anything it started has it open: a script that a lost agent left behind must not meet a second one. */
  lockPath?: string;
  /** Keeps the files of the latest runs. */
  logFolder: string;
  graceMs?: number;
};

const toldLines = 20;
const longestLine = 1_000;
const keptLogs = 200;

/** Throws `tool_failed` with the last lines, `timeout` or `canceled`. */
export async function runScript(run: ScriptRun, report: Report): Promise<void> {
  const { script, kind, args = [], env, timeoutMs, files, instanceName, lockPath, logFolder, graceMs } = run;
  await makeFolder(logFolder);
  await removeOldLogs(logFolder);
  const about = [kind, script.name, instanceName ?? 'none', new Date().toISOString().replaceAll(':', '')];
  const file = join(logFolder, `${about.join('-')}.log`);
  const lines: string[] = [];
  let writing: Promise<void> = appendFile(file, '');
  const onLine = (text: string) => {
    const line = toPlainLine(text);
    if (line === '') return;
    report.log(line);
    lines.push(line);
    if (lines.length > toldLines) lines.shift();
    writing = writing.then(() => appendFile(file, `${line}\n`));
    writing.catch(() => {});
  };
  const program = [join(script.folder, kind), ...args] as const;
  const argv = lockPath === undefined ? program : (['flock', '--no-fork', lockPath, ...program] as const);
  const { exitCode, exitSignal, stopped } = await runGroup({
    ...{ argv, env, timeoutMs, onLine },
    ...{ cwd: script.folder, graceMs, files },
    signal: report.signal,
  });
  // What the node could not write down was told all the same.
  await writing.catch(() => {});
  if (exitCode === 0 && stopped === null) return;
  throw scriptError({ run, exitCode, exitSignal, stopped, file, lines });
}

type Failed = {
  run: ScriptRun;
  exitCode: number | null;
  exitSignal: string | null;
  stopped: 'timeout' | 'canceled' | null;
  file: string;
  lines: string[];
};

function scriptError({ run, exitCode, exitSignal, stopped, file, lines }: Failed): AppError {
  const what = `the script ${run.kind} of OS ${run.script.name}`;
  const details = { exitCode, exitSignal, log: file, lines };
  if (stopped === 'canceled') return new AppError('canceled', `${what} was canceled`, { details });
  const how =
    stopped === 'timeout'
      ? `did not end in ${run.timeoutMs / 1000} s`
      : `ended with ${exitCode === null ? `signal ${exitSignal}` : `exit code ${exitCode}`}`;
  const said = lines.length === 0 ? 'It said nothing' : `The last it said:\n${lines.join('\n')}`;
  return new AppError(stopped ?? 'tool_failed', `${what} ${how} (${file}). ${said}`, { details });
}

/** What a terminal would show of the line in the end, without colours and control characters. */
export function toPlainLine(text: string): string {
  const shown = text.split('\r').findLast((part) => part !== '') ?? '';
  const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');
  return shown
    .replace(colours, '')
    .replace(/\p{Cc}+/gu, ' ')
    .trimEnd()
    .slice(0, longestLine);
}

/** Names end with the time, but begin with other things. */
async function removeOldLogs(folder: string): Promise<void> {
  const timeOf = (name: string) => /\d{4}-\d{2}-\d{2}T[\d.]+Z\.log$/.exec(name)?.[0] ?? '';
  const logs = (await readdir(folder)).filter((name) => timeOf(name) !== '');
  const old = logs.sort((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1)).slice(keptLogs - 1);
  for (const name of old) await rm(join(folder, name), { force: true });
}
