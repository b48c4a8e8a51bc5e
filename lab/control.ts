// How one terminal tells the lab that runs in another what to do: a request and an answer, a line of JSON each, over a unix socket.
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const node = z.string();

export const LabRequest = z.discriminatedUnion('command', [
  z.object({ command: z.enum(['status', 'stop', 'reset']) }),
  z.object({ command: z.enum(['kill', 'start']), node }),
  z.object({ command: z.literal('cut'), node, other: node.optional() }),
  z.object({ command: z.literal('heal'), node: node.optional(), other: node.optional() }),
]);
export type LabRequest = z.infer<typeof LabRequest>;

export const LabState = z.object({
  nodes: z.array(
    z.object({
      name: z.string(),
      isRunning: z.boolean(),
      hasJoined: z.boolean(),
      lanAddress: z.string(),
      agentAddress: z.string(),
      ports: z.object({ shell: z.number(), terminal: z.number(), agent: z.number() }),
    }),
  ),
  cuts: z.array(z.tuple([z.string(), z.string().nullable()])),
});
export type LabState = z.infer<typeof LabState>;

const Answer = z.object({ error: z.string().optional(), state: LabState.optional() });

/** Requests are carried out one after another. Throws when the socket cannot be made. */
export async function serveControl(
  path: string,
  execute: (request: LabRequest) => Promise<LabState>,
): Promise<Server> {
  let last: Promise<unknown> = Promise.resolve();
  const answer = async (line: string): Promise<z.infer<typeof Answer>> => {
    try {
      return { state: await execute(LabRequest.parse(JSON.parse(line))) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  };
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    createInterface({ input: socket }).once('line', (line) => {
      last = last.then(async () => socket.end(`${JSON.stringify(await answer(line))}\n`));
    });
  });
  rmSync(path, { force: true });
  server.listen(path);
  await once(server, 'listening');
  return server;
}

/** undefined: no lab listens there. Throws what the lab says is wrong. */
export async function askLab(path: string, request: LabRequest): Promise<LabState | undefined> {
  const socket = createConnection(path);
  try {
    await once(socket, 'connect');
  } catch {
    return undefined;
  }
  socket.write(`${JSON.stringify(request)}\n`);
  const { error, state } = Answer.parse(JSON.parse(await readLine(socket)));
  if (error !== undefined) throw new Error(error);
  return state;
}

async function readLine(socket: Socket): Promise<string> {
  for await (const line of createInterface({ input: socket })) return line;
  throw new Error('The lab ended before it answered');
}

export function describeState({ nodes, cuts }: LabState): string {
  const lines = nodes.map((one) => {
    const state = one.isRunning ? 'running ' : 'no power';
    const joined = one.hasJoined ? `agent ${one.agentAddress}` : 'no agent';
    return `${one.name.padEnd(7)} ${state}  LAN ${one.lanAddress.padEnd(10)}  ${one.isRunning ? joined : ''}`.trimEnd();
  });
  const cutLines = cuts.map(([one, other]) => `cut     ${one} from ${other ?? 'all others'}`);
  return [...lines, ...cutLines].join('\n');
}
