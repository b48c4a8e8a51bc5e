// Against real servers on this machine.
import { createServer, type RequestListener } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { download, type Download } from './download';
import { isPublicAddress } from './public-address';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return `http://127.0.0.1:${address.port}`;
}

async function fetchAll(url: string, more: Partial<Download> = {}) {
  const chunks: Uint8Array[] = [];
  const seen: number[] = [];
  await download({
    url,
    allowsPrivate: true,
    limits: { bytes: 1_000_000, timeoutMs: 60_000 },
    signal: new AbortController().signal,
    progress: (done) => void seen.push(done),
    write: async (chunk) => void chunks.push(chunk),
    requireRoom: async () => {},
    ...more,
  });
  return { text: Buffer.concat(chunks).toString(), seen };
}

it('downloads a file and follows a redirect', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/old') response.writeHead(302, { location: '/new' }).end();
    else response.end('the image');
  });
  const { text, seen } = await fetchAll(`${url}/old`);
  expect(text).toBe('the image');
  expect(seen.at(-1)).toBe(1);
});

it.each([
  'http://127.0.0.1/x',
  'http://localhost/x',
  'http://[::1]/x',
  'http://[::ffff:127.0.0.1]/x',
  'http://2130706433/x',
  'http://0x7f.1/x',
  'http://169.254.169.254/latest/meta-data',
  'http://10.0.0.1/x',
  'http://0.0.0.0/x',
])('does not go to %s unless it is allowed', async (url) => {
  await expect(fetchAll(url, { allowsPrivate: false })).rejects.toMatchObject({ code: 'forbidden' });
});

it('looks at the address of a redirect like at the first one', async () => {
  const url = await serve(
    (_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  );
  await expect(fetchAll(url)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('only http'),
  });
});

it('gives up a server that redirects in a circle', async () => {
  const url = await serve((_, response) => void response.writeHead(302, { location: '/again' }).end());
  await expect(fetchAll(url)).rejects.toMatchObject({ message: expect.stringContaining('redirects') });
});

it('refuses what is too large, whether it says so before or not', async () => {
  const limits = { bytes: 10, timeoutMs: 60_000 };
  const said = await serve((_, response) => void response.end('more than ten bytes'));
  await expect(fetchAll(said, { limits })).rejects.toMatchObject({ code: 'invalid' });
  const unsaid = await serve((_, response) => {
    response.write('more than ');
    response.end('ten bytes');
  });
  await expect(fetchAll(unsaid, { limits })).rejects.toMatchObject({ code: 'invalid' });
});

it('says what a server answers, and ends when it is canceled', async () => {
  const missing = await serve((_, response) => void response.writeHead(404).end());
  await expect(fetchAll(missing)).rejects.toMatchObject({ message: expect.stringContaining('answers 404') });
  const silent = await serve(() => {});
  const stop = new AbortController();
  const fetching = fetchAll(silent, { signal: stop.signal });
  stop.abort();
  await expect(fetching).rejects.toMatchObject({ code: 'canceled' });
});

it('gives up a server that takes too long', async () => {
  const silent = await serve(() => {});
  await expect(fetchAll(silent, { limits: { bytes: 10, timeoutMs: 20 } })).rejects.toMatchObject({
    code: 'timeout',
  });
});

it('tells public addresses from all others', () => {
  const isPublic = ['1.1.1.1', '151.101.2.132', '2606:4700:4700::1111', '2a04:4e42::644'];
  const others = [
    ...['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '224.0.0.1'],
    ...['255.255.255.255', '0.0.0.0', '192.0.2.1', '198.19.0.1', '::', '::1', 'fe80::1', 'fe80::1%eth0'],
    ...['fc00::1', 'ff02::1', '::ffff:1.1.1.1', '64:ff9b::a00:1', '2002:7f00:1::', '2001:db8::1', 'name', ''],
  ];
  expect(isPublic.filter((address) => !isPublicAddress(address))).toEqual([]);
  expect(others.filter(isPublicAddress)).toEqual([]);
});
