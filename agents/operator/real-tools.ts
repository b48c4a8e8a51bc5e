// Commands and files of operators, as root on this node. Only where the node's administrator has made the file that allows it.
import { AppError } from '@/contract/errors';
import { allowCommandsFile } from '@/contract/schemas/node-command';
import { writeDurably } from '../durable-file';
import { runGroup } from '../tools/run';
import { isTrusted } from '../trusted-file';
import type { CommandOrder, CommandReport, OperatorTools } from './operator-tools';
import { forgetOldRuns, readRun, writeRun } from './run-record';

/** `folder`: where it writes down what became of commands. */
type Options = { folder: string; allowFile?: string };

/** The most that is kept of a command's output, for one who asks again. */
const keptLines = 200;

export function createOperatorTools({ folder, allowFile = allowCommandsFile }: Options): OperatorTools {
  const requireAllowed = async () => {
    if (await isTrusted(allowFile)) return;
    throw new AppError(
      'forbidden',
      `The node takes no commands and files from the console: ${allowFile} is not there, or others than root can write it`,
    );
  };
  return {
    isAllowed: () => isTrusted(allowFile),
    async run(order, report) {
      await requireAllowed();
      const known = await readRun(folder, order.runId);
      if (known) return answerAgain(known, report);
      await forgetOldRuns(folder);
      await writeRun(folder, order.runId, { exitCode: null, lines: [] });
      const lines: string[] = [];
      const { exitCode, stopped } = await runShell(order, {
        ...report,
        log(line) {
          report.log(line);
          lines.push(line);
          if (lines.length > keptLines) lines.shift();
        },
      });
      if (stopped === 'canceled') throw new AppError('canceled', 'Canceled; the command was ended');
      if (stopped)
        throw new AppError('timeout', `The command did not end in ${order.timeoutS} s, and was ended`);
      // A signal ended it: shells count that as 128 and more.
      const code = exitCode ?? 128;
      await writeRun(folder, order.runId, { exitCode: code, lines });
      return code;
    },
    async put({ path, mode, content }) {
      await requireAllowed();
      await writeDurably(path, content, Number.parseInt(mode, 8));
    },
  };
}

function runShell({ command, timeoutS }: CommandOrder, { log, signal }: CommandReport) {
  return runGroup({
    argv: ['/bin/sh', '-c', command],
    env: {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      LC_ALL: 'C.UTF-8',
      HOME: '/root',
    },
    cwd: '/',
    timeoutMs: timeoutS * 1000,
    signal,
    onLine: log,
  });
}

function answerAgain(
  { exitCode, lines }: Awaited<ReturnType<typeof readRun>> & object,
  { log }: CommandReport,
) {
  if (exitCode === null)
    throw new AppError(
      'wrong_state',
      'The command was begun before, and what became of it is not known: look at the node before you repeat it',
    );
  for (const line of lines) log(line);
  return exitCode;
}
