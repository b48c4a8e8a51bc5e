// A command in a node, through the shell that listens there and that QEMU forwards to a port of the loopback.
import { createConnection } from 'node:net';

export type Answer = { exitCode: number; output: string };

const defaultTimeoutMs = 120_000;
const end = /(?:^|\n)@@corral-lab (\d+)\n$/;

/** Runs it with bash as root, without input; output and errors come together, at the end. Throws when the node does not answer. */
export function runInNode(port: number, command: string, timeoutMs = defaultTimeoutMs): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    let text = '';
    const fail = (why: string, cause?: unknown) => {
      socket.destroy();
      reject(new Error(`${why}: ${command}${text === '' ? '' : `\n${text}`}`, { cause }));
    };
    const timer = setTimeout(() => fail(`No answer within ${timeoutMs / 1000} s to`), timeoutMs);
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      const exitCode = end.exec(text)?.[1];
      if (exitCode === undefined) return;
      // What the command left running may hold the connection open for long.
      socket.destroy();
      resolve({ exitCode: Number(exitCode), output: text.replace(end, '') });
    });
    socket.on('error', (cause) => fail('The node is not reached for', cause));
    socket.on('close', () => {
      clearTimeout(timer);
      fail('The node broke off');
    });
    socket.write(shellInput(command));
  });
}

/** `eval`, so that not even a command that is no shell at all swallows the line that ends it. */
export function shellInput(command: string): string {
  return `( eval ${quote(command)} ) </dev/null 2>&1; printf '\\n@@corral-lab %d\\n' $?\n`;
}

/** One word for a shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
