// The agent's log: one line per event on stdout, which systemd's journal keeps. Secrets never reach it.

export type Log = (message: string) => void;

export const logToStdout: Log = (message) => {
  process.stdout.write(`${new Date().toISOString()} ${message.replaceAll(/[\r\n]+/g, ' | ')}\n`);
};

export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
