import { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { nodeTlsName, nodeUri } from '@/contract/agent-calls';
import { parseJoinToken } from '@/contract/join-token';
import { createCa } from '@/server/agents/ca';
import { createIdentityStore } from './identity';
import { describeClockSkew, join } from './join';
import { startControlPlane, type StubControlPlane } from './testing/control-plane';
import { makeTempFolder } from './testing/temp-folder';

// Certificates and synced files take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let control: StubControlPlane;
const lines: string[] = [];

beforeEach(async () => {
  control = await startControlPlane();
  lines.length = 0;
});
afterEach(() => control.close());

async function prepare(changes: { token?: string; url?: string } = {}) {
  const dataDir = await makeTempFolder();
  const store = createIdentityStore(dataDir);
  const request = {
    token: control.makeToken(),
    url: control.url,
    name: 'node1',
    address: '10.0.0.1:4400',
    store,
    log: (line: string) => void lines.push(line),
    backOffMs: { first: 1, most: 2 },
    ...changes,
  };
  return { dataDir, store, request };
}

it('joins with a token and keeps an identity that only root can read', async () => {
  const { dataDir, store, request } = await prepare();
  const identity = await join(request);
  expect(await store.read()).toEqual(identity);
  expect(control.joined).toMatchObject([
    { name: 'node1', address: '10.0.0.1:4400', nodeId: identity.nodeId },
  ]);
  const names = new X509Certificate(identity.certificate).subjectAltName;
  expect(names).toBe(`DNS:${nodeTlsName(identity.nodeId)}, URI:${nodeUri(identity.nodeId)}`);
  for (const file of await readdir(dataDir))
    expect([file, (await stat(path.join(dataDir, file))).mode & 0o777]).toEqual([file, 0o600]);
});

it('never sends or logs the secret of its token', async () => {
  const { request, dataDir } = await prepare();
  control.failNext(503);
  await join(request);
  const secret = parseJoinToken(request.token)?.secret ?? 'none';
  const files = await Promise.all(
    (await readdir(dataDir)).map((file) => readFile(path.join(dataDir, file), 'utf8')),
  );
  for (const text of [JSON.stringify(control.joined), lines.join(), ...files])
    expect(text).not.toContain(secret);
});

it('tries again while the control plane does not answer, with the same key', async () => {
  const { request } = await prepare();
  control.failNext(503, 502, 500);
  await join(request);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toContain('Cannot reach the control plane');
});

it('stops trying when it is told to', async () => {
  const { request } = await prepare({ url: 'http://127.0.0.1:1' });
  const stop = new AbortController();
  const joining = join({
    ...request,
    signal: stop.signal,
    log: () => stop.abort(),
    backOffMs: { first: 60_000, most: 60_000 },
  });
  await expect(joining).rejects.toMatchObject({ name: 'AbortError' });
});

it('gives up when the token is not accepted', async () => {
  const { request, store } = await prepare();
  await join(request);
  const again = await prepare({ token: request.token });
  await expect(join(again.request)).rejects.toMatchObject({
    code: 'forbidden',
    message: 'Cannot join: The join token is not known.',
  });
  expect(await again.store.read()).toBeNull();
  expect(await store.read()).not.toBeNull();
});

it('refuses a control plane whose CA is not the one in the token', async () => {
  const { request, store } = await prepare();
  control.impersonate(await createCa());
  await expect(join(request)).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('not the control plane'),
  });
  expect(await store.read()).toBeNull();
});

it.each(['', 'abc', 'a.b.c', 'x'.repeat(300)])(
  'refuses "%s" as a token before it asks anyone',
  async (token) => {
    const { request } = await prepare({ token });
    await expect(join(request)).rejects.toMatchObject({ code: 'invalid' });
    expect(control.joined).toEqual([]);
  },
);

it('hears of a clock that is off', () => {
  expect(describeClockSkew(4_999)).toBeNull();
  expect(describeClockSkew(-7_400)).toBe('the clock of this machine is 7 s behind that of the console');
  expect(describeClockSkew(90_000)).toBe('the clock of this machine is 90 s ahead of that of the console');
});
