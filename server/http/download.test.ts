// The public doors through which a machine gets the agent.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from '@/contract/paths';
import { AgentUpgrade } from '@/contract/schemas/node';
import { version } from '@/package.json';
import { openWorld, ownUrl, type World } from '../usecases/testing/console-world';
import { GET as getBundle } from '@/app/api/v1/agent/bundle/route';
import { GET as getInstall } from '@/app/api/v1/agent/install/route';
import { GET as getUpgrade } from '@/app/api/v1/agent/upgrade/route';
import { GET as getRuntime } from '@/app/api/v1/agent/runtime/route';
import { remoteAddressHeader } from '../auth/remote-address';
import { downloadLimits } from './download';
import { exactLengthHeader } from './exact-length';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

type From = { method?: string; headers?: Record<string, string>; address?: string };

function ask(path: string, { method = 'GET', headers = {}, address = '192.0.2.7' }: From = {}): Request {
  return new Request(`${ownUrl}${path}`, { method, headers: { ...headers, [remoteAddressHeader]: address } });
}

async function sha256Of(response: Response): Promise<string> {
  return createHash('sha256')
    .update(Buffer.from(await response.arrayBuffer()))
    .digest('hex');
}

const doors = [
  ['the install script', api.agentInstall(), getInstall],
  ['the bundle', api.agentBundle(), getBundle],
  ['the runtime', api.agentRuntime(), getRuntime],
] as const;

describe.each(doors)('%s', (_, path, get) => {
  it('comes whole to anybody, with its length and its checksum', async () => {
    const response = await get(ask(path));
    expect(response.status).toBe(200);
    const length = Number(response.headers.get(exactLengthHeader));
    const etag = response.headers.get('etag');
    const body = response.clone();
    expect(`"${await sha256Of(response)}"`).toBe(etag);
    expect((await body.arrayBuffer()).byteLength).toBe(length);
  });

  it('is not sent to who has it, nor to who asks for its length', async () => {
    const head = await get(ask(path, { method: 'HEAD' }));
    expect(head.body).toBeNull();
    expect(Number(head.headers.get(exactLengthHeader))).toBeGreaterThan(0);
    const etag = head.headers.get('etag') ?? '';
    for (const tags of [etag, `"other", W/${etag}`]) {
      const again = await get(ask(path, { headers: { 'if-none-match': tags } }));
      expect([again.status, again.body]).toEqual([304, null]);
    }
    expect((await get(ask(path, { headers: { 'if-none-match': '"other"' } }))).status).toBe(200);
  });
});

it('tells an operator how to upgrade an agent: the same script, without a token', async () => {
  const asked = ask(api.agentUpgrade(), { headers: { cookie: world.operator.cookie } });
  const { command, version: told } = AgentUpgrade.parse(await (await getUpgrade(asked)).json());
  expect(told).toBe(version);
  expect(command).toContain(await sha256Of(await getInstall(ask(api.agentInstall()))));
  expect(command).not.toContain('CORRAL_JOIN_TOKEN');
});

describe('a download', () => {
  it('names in the script the checksums of what the other doors hand out', async () => {
    const script = await (await getInstall(ask(api.agentInstall()))).text();
    for (const get of [getBundle, getRuntime]) {
      const etag = (await get(ask('', { method: 'HEAD' }))).headers.get('etag')?.replaceAll('"', '');
      expect(script).toContain(`_sha256='${etag}'`);
    }
  });

  it('is the program that runs the control plane', async () => {
    const response = await getRuntime(ask(api.agentRuntime(), { method: 'HEAD' }));
    const { size } = await stat(process.execPath);
    expect(response.headers.get(exactLengthHeader)).toBe(String(size));
    const script = createHash('sha256').update(await readFile(process.execPath));
    expect(response.headers.get('etag')).toBe(`"${script.digest('hex')}"`);
  });

  it('has to wait where one address has too many under way, until one of them ends', async () => {
    const open = (address: string) => getRuntime(ask(api.agentRuntime(), { address }));
    const responses = [];
    for (let n = 0; n < downloadLimits.network.atOnce; n += 1) responses.push(await open('198.51.100.1'));
    expect((await open('198.51.100.1')).status).toBe(429);
    const other = await open('198.51.100.2');
    expect(other.status).toBe(200);
    await other.body?.cancel();
    await responses.pop()?.body?.cancel();
    await expect.poll(async () => (await open('198.51.100.1')).status).toBe(200);
    for (const response of responses) await response.body?.cancel();
  });
});
