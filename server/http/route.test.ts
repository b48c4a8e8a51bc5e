// The wrapper itself: what it refuses before a use case runs, and what it tells of errors.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError, Problem } from '@/contract/errors';
import { openWorld, ownUrl, type World } from '../usecases/testing/console-world';
import { bodyLimitBytes } from './read-body';
import { route } from './route';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const Body = z.object({ name: z.string().max(5), list: z.array(z.number().int()).default([]) });
const echo = route({ access: 'session.view', body: Body, answers: Body })(({ body }) =>
  Promise.resolve(body),
);
const fails = (error: unknown) =>
  route({ access: 'health.view', answers: z.object({}) })(() => Promise.reject(error));

function post(body: string | undefined, headers: Record<string, string | null> = {}): Request {
  const all = { origin: ownUrl, 'content-type': 'application/json', cookie: world.alice.cookie, ...headers };
  const given = Object.entries(all).flatMap(([key, value]) => (value === null ? [] : [[key, value]]));
  return new Request(`${ownUrl}/api/x`, { method: 'POST', headers: Object.fromEntries(given), body });
}

async function problemOf(response: Promise<Response>): Promise<Problem> {
  const answer = await response;
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return Problem.parse(await answer.json());
}

describe('a request that changes something', () => {
  const good = '{"name":"x"}';
  const status = async (headers: Record<string, string | null>) => (await echo(post(good, headers))).status;

  it('passes from the own origin, also under another host name', async () => {
    expect(await status({})).toBe(200);
    expect(await status({ origin: 'http://localhost:4300', host: 'localhost:4300' })).toBe(200);
    expect(await status({ origin: null, 'sec-fetch-site': 'same-origin' })).toBe(200);
  });

  it('is refused from elsewhere', async () => {
    for (const origin of ['http://evil.test', 'null', 'http://sub.console.test:4300', 'http://console.test'])
      expect(await status({ origin })).toBe(403);
    for (const site of ['cross-site', 'same-site', 'none', 'nonsense'])
      expect(await status({ origin: null, 'sec-fetch-site': site })).toBe(403);
  });

  it('is refused with cookies but without saying where it comes from', async () => {
    expect(await status({ origin: null })).toBe(403);
  });

  it('is allowed without cookies for programs, which then are nobody', async () => {
    expect(await status({ origin: null, cookie: null })).toBe(401);
  });

  it('takes nothing but JSON', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      '',
    ])
      expect(await status({ 'content-type': type })).toBe(415);
    expect(await status({ 'content-type': 'Application/JSON; charset=utf-8' })).toBe(200);
  });
});

describe('a body', () => {
  it('that a door can do without may be left out, and is JSON where it is not', async () => {
    const Optional = Body.prefault({ name: 'none' });
    const door = route({ access: 'session.view', body: Optional, answers: Body })(({ body }) =>
      Promise.resolve(body),
    );
    const nothing = await door(post(undefined, { 'content-type': null }));
    expect(await nothing.json()).toEqual({ name: 'none', list: [] });
    expect(await (await door(post('{"name":"x"}'))).json()).toMatchObject({ name: 'x' });
    expect((await door(post('{"name":"x"}', { 'content-type': 'text/plain' }))).status).toBe(415);
    expect((await echo(post(undefined, { 'content-type': null }))).status).toBe(415);
  });

  it('that is not valid is refused with the place of each mistake', async () => {
    const problem = await problemOf(echo(post('{"name":"too long","list":[1,"2"]}')));
    expect(problem).toMatchObject({ status: 422, code: 'invalid' });
    expect(problem.details.issues).toMatchObject([{ path: ['name'] }, { path: ['list', 1] }]);
  });

  it('that is no JSON, empty or beyond what the database can hold is refused', async () => {
    for (const body of ['', '{', 'null', '[]', '{"name":"\\u0000"}', '{"name":"\\ud800"}'])
      expect((await problemOf(echo(post(body)))).status).toBe(422);
  });

  it('larger than the limit is refused, whatever its header says', async () => {
    const large = JSON.stringify({ name: 'x', more: 'y'.repeat(bodyLimitBytes) });
    expect((await problemOf(echo(post(large)))).status).toBe(413);
    expect((await problemOf(echo(post(large, { 'content-length': '10' })))).status).toBe(413);
  });

  it('cannot set what its schema does not name', async () => {
    const answer = await echo(post('{"name":"x","role":"operator","__proto__":{"list":[9]}}'));
    expect(await answer.json()).toEqual({ name: 'x', list: [] });
  });
});

describe('an error', () => {
  const get = () => new Request(`${ownUrl}/api/x`);

  it('that is expected keeps message and details', async () => {
    const error = new AppError('busy', 'web1 is busy', { details: { jobId: 3 }, cause: new Error('secret') });
    const problem = await problemOf(fails(error)(get()));
    expect(problem).toEqual({
      status: 409,
      title: 'Busy',
      code: 'busy',
      message: 'web1 is busy',
      details: { jobId: 3 },
    });
  });

  it('that is unexpected tells nothing but an id', async () => {
    for (const error of [new Error('password=hunter2'), new AppError('internal', 'hunter2'), 'hunter2']) {
      const problem = await problemOf(fails(error)(get()));
      expect(problem).toMatchObject({ status: 500, code: 'internal' });
      expect(JSON.stringify(problem)).not.toContain('hunter2');
      expect(problem.details.errorId).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('of an unreachable database is called unavailable', async () => {
    const error = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect(await problemOf(fails(error)(get()))).toMatchObject({ status: 503, code: 'unavailable' });
  });
});
