import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createAgentClient } from './agent-client';
import { limitAnswer, longestAnswerBytes } from './answer-limit';
import { createCa, createControlCertificate } from './ca';
import { makeNodeIdentity } from './testing/simulated-cluster';

const half = new Uint8Array(longestAnswerBytes / 2).fill(120);
const newline = new Uint8Array([10]);

async function read(parts: Uint8Array<ArrayBuffer>[], byLine: boolean): Promise<number> {
  let length = 0;
  const limited = new Blob(parts).stream().pipeThrough(limitAnswer({ byLine }));
  for await (const chunk of limited) length += chunk.length;
  return length;
}

it('lets an answer through that is as long as it may be', async () => {
  expect(await read([half, half], false)).toBe(longestAnswerBytes);
});

it('fails an answer that is longer, in however many lines', async () => {
  const refusal = { code: 'internal', message: 'The agent answered with more than 16 MiB' };
  await expect(read([half, half, newline], false)).rejects.toMatchObject(refusal);
  await expect(read([half, newline, half], false)).rejects.toMatchObject(refusal);
});

it('counts each line of an endless answer for itself', async () => {
  expect(await read([half, newline, half, half, newline, half, newline], true)).toBe(half.length * 4 + 3);
  await expect(read([half, newline, half, half, half, newline], true)).rejects.toMatchObject({
    code: 'internal',
  });
});

it('gives up a node that answers without an end', async () => {
  const ca = await createCa();
  const { certificate: controlCert, key: controlKey } = await createControlCertificate(ca);
  const id = randomUUID();
  const { key, certificate } = await makeNodeIdentity(ca, id);
  const server = createServer({ key, cert: certificate }, (_, response) => {
    const more = () => {
      while (response.write(half));
    };
    response.on('drain', more);
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server's address is never a pipe's name.
  const { port } = server.address() as AddressInfo;
  const node = { id, name: 'node7', address: `127.0.0.1:${port}` };
  const client = createAgentClient({ controlCert, controlKey, ca: ca.certificate });
  const refusal = { code: 'internal', message: 'The agent answered with more than 16 MiB' };
  await expect(client.call(node, 'node.facts', {})).rejects.toMatchObject(refusal);
  await client.close();
  server.closeAllConnections();
  server.close();
});
