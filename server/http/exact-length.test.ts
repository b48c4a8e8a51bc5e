import { createServer, type Server } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { exactLengthHeader, restoreExactLength } from './exact-length';

let server: Server | undefined;
afterEach(() => void server?.close());

it('is told by a response that only knew it under another name', async () => {
  server = createServer((_, response) => {
    restoreExactLength(response);
    // As Next sets headers: a list of values.
    response.setHeader(exactLengthHeader, ['5']);
    response.setHeader('etag', '"x"');
    response.write('he');
    response.end('llo');
  });
  const url = await new Promise<string>((resolve) => {
    server?.listen(0, '127.0.0.1', () => {
      const address = server?.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
    });
  });
  const response = await fetch(url);
  expect(await response.text()).toBe('hello');
  expect(Object.fromEntries(response.headers)).toMatchObject({ 'content-length': '5', etag: '"x"' });
  expect(response.headers.has('transfer-encoding')).toBe(false);
  expect(response.headers.has(exactLengthHeader)).toBe(false);
});
