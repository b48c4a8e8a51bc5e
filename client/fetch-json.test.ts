import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { fetchJson } from './fetch-json';

describe('fetchJson', () => {
  let server: Server;
  let url: string;
  let answer: { status: number; body: string; type?: string };
  let asked: { method?: string; body: string; type?: string };

  beforeEach(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        asked = { method: request.method, body, type: request.headers['content-type'] };
        response.writeHead(answer.status, { 'content-type': answer.type ?? 'application/json' });
        response.end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  });

  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const answers = z.object({ jobId: z.number() });

  it('answers what the schema made of the body', async () => {
    answer = { status: 202, body: '{"jobId":7,"other":1}' };
    expect(await fetchJson(url, { answers, method: 'POST', body: { a: 1 } })).toEqual({ jobId: 7 });
    expect(asked).toEqual({ method: 'POST', body: '{"a":1}', type: 'application/json' });
  });

  it('turns a problem body into an AppError with its details', async () => {
    const details = { excess: [{ resource: 'vcpus' }] };
    const problem = {
      status: 409,
      title: 'Not enough',
      code: 'no_resources',
      message: 'No vCPUs left',
      details,
    };
    answer = { status: 409, body: JSON.stringify(problem), type: 'application/problem+json' };
    const error = await fetchJson(url, { answers }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'no_resources', message: 'No vCPUs left', details });
  });

  it.each([
    [401, 'unauthenticated'],
    [502, 'unavailable'],
    [504, 'timeout'],
    [500, 'internal'],
  ])('takes an answer %i without a problem body as %s', async (status, code) => {
    answer = { status, body: '<html>', type: 'text/html' };
    await expect(fetchJson(url, { answers })).rejects.toMatchObject({ code });
  });

  it('says that the control plane does not answer when nothing listens', async () => {
    await expect(
      fetchJson('http://127.0.0.1:1/', { answers, attempt: 'Cannot start web1' }),
    ).rejects.toMatchObject({
      code: 'unavailable',
      message: 'Cannot start web1: the control plane does not answer',
    });
  });

  it('refuses an answer that is not as agreed', async () => {
    answer = { status: 200, body: '{"jobId":"seven"}' };
    await expect(fetchJson(url, { answers })).rejects.toMatchObject({ code: 'internal' });
  });

  it('keeps an abort an abort', async () => {
    const stopping = new AbortController();
    stopping.abort();
    await expect(fetchJson(url, { answers, signal: stopping.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});
