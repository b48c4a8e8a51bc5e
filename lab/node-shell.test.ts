import { spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { quote, runInNode, shellInput } from './node-shell';

/** What the shell of a node makes of it. */
const answer = (command: string) =>
  spawnSync('bash', { input: shellInput(command), encoding: 'utf8' }).stdout.trimEnd();

it.each([
  ['echo one; echo two >&2', 'one\ntwo\n\n@@corral-lab 0'],
  ['exit 3', '@@corral-lab 3'],
  [`printf %s "it's"`, "it's\n@@corral-lab 0"],
  ['cat', '@@corral-lab 0'],
  ['cat <<END\nlines\nEND', 'lines\n\n@@corral-lab 0'],
])('ends what %j says with its exit code', (command, output) => {
  expect(answer(command).trimStart()).toBe(output);
});

it('ends even what is no command at all', () => {
  expect(answer(`echo "unfinished`)).toMatch(/unexpected EOF[^]*@@corral-lab [12]$/);
});

it('makes one word of anything', () => {
  expect(spawnSync('sh', ['-c', `printf %s ${quote(`$a "b" 'c' \\ d`)}`], { encoding: 'utf8' }).stdout).toBe(
    `$a "b" 'c' \\ d`,
  );
});

async function withNode(speech: string, ask: (port: number) => Promise<void>) {
  const server = createServer((socket) => socket.end(speech));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  try {
    if (address === null || typeof address === 'string') throw new Error('no port');
    await ask(address.port);
  } finally {
    server.close();
  }
}

it('answers exit code and output', async () => {
  await withNode('text\n\n@@corral-lab 7\n', async (port) => {
    expect(await runInNode(port, 'anything')).toEqual({ exitCode: 7, output: 'text\n' });
  });
});

it('says what it heard of a node that breaks off', async () => {
  await withNode('half a li', async (port) => {
    await expect(runInNode(port, 'anything')).rejects.toThrow('The node broke off: anything\nhalf a li');
  });
});
