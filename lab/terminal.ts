// A terminal on a node, in this terminal.
import { once } from 'node:events';
import { createConnection } from 'node:net';

/** Resolves when the shell on the node ends. */
export async function openTerminal(port: number): Promise<void> {
  const socket = createConnection({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  const { stdin, stdout } = process;
  const isTerminal = stdin.isTTY && stdout.isTTY;
  if (isTerminal) {
    stdin.setRawMode(true);
    const type = process.env.TERM ?? 'vt100';
    socket.write(` export TERM=${type}; stty cols ${stdout.columns} rows ${stdout.rows}; clear\n`);
  }
  stdin.pipe(socket);
  socket.pipe(stdout);
  socket.on('error', () => undefined);
  await once(socket, 'close');
  if (isTerminal) stdin.setRawMode(false);
  stdin.unref();
}
