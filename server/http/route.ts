// The wrapper of every REST handler: origin, who asks, may they at all, parse, call, answer. The use case decides the rest.
import type { z } from 'zod';
import { AppError } from '@/contract/errors';
import { isAllowed, type Action } from '@/contract/permissions';
import { authorize, dependsOnTarget, type Ctx } from '../auth/authorize';
import { readRemoteAddress } from '../auth/remote-address';
import { actorFromCookies } from '../auth/session-actor';
import { sharedDb } from '../db/client';
import { env } from '../env';
import { problemResponse } from './problem';
import { readBinaryBody, readJsonBody, readOptionalBody, requireCleanText, requireJson } from './read-body';
import { requireSameOrigin } from './same-origin';

type Schemas<P, Q, B, A> = {
  /** The action of contract/permissions that the use case checks. */
  access: Action;
  params?: P;
  query?: Q;
  body?: B;
  /** The most bytes of a body that is no JSON; absent: it takes none. */
  binaryBytes?: number;
  answers: A;
  /** Of a success; 200 unless told. */
  status?: 200 | 201 | 202;
};

type Input<P, Q, B> = {
  ctx: Ctx;
  params: Out<P>;
  query: Out<Q>;
  body: Out<B>;
  /** Empty where the route takes none. */
  binary: Uint8Array;
  request: Request;
};
type Out<S> = S extends z.ZodType ? z.output<S> : undefined;
type RouteContext = { params: Promise<Record<string, string | string[] | undefined>> };

/** What Next calls; `access` and `answers` let tests and documentation enumerate the doors. */
export type RouteHandler = ((request: Request, context?: RouteContext) => Promise<Response>) & {
  access: Action;
  answers: z.ZodType;
};

export function route<
  A extends z.ZodType,
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(schemas: Schemas<P, Q, B, A>) {
  // A handler that answers a Response has written it whole: the live stream.
  return (handle: (input: Input<P, Q, B>) => Promise<z.input<A> | Response>): RouteHandler => {
    const answer = async (request: Request, context?: RouteContext): Promise<Response> => {
      try {
        requireSameOrigin(request, env().CORRAL_URL);
        const ctx = await openContext(request);
        await authorizeRole(ctx, schemas.access);
        const input = {
          ctx,
          request,
          params: parsePath(schemas.params, await context?.params),
          query: parse(schemas.query, queryOf(request)),
          ...(await readBody(request, schemas)),
        };
        const answered = await handle(input);
        if (answered instanceof Response) return answered;
        return Response.json(answered, {
          status: schemas.status ?? 200,
          headers: { 'cache-control': 'no-store' },
        });
      } catch (error) {
        return problemResponse(error);
      }
    };
    return Object.assign(answer, { access: schemas.access, answers: schemas.answers });
  };
}

async function openContext(request: Request): Promise<Ctx> {
  const { DATABASE_URL, CORRAL_SECRET } = env();
  const db = sharedDb(DATABASE_URL);
  const address = readRemoteAddress(request.headers);
  const actor = await actorFromCookies(request.headers.get('cookie'), { db, secret: CORRAL_SECRET, address });
  return { db, actor, address };
}

/** Refuses before anything is parsed, where no target could change the answer. */
async function authorizeRole(ctx: Ctx, access: Action): Promise<void> {
  if (isAllowed(access, ['anonymous'])) return;
  if (ctx.actor && dependsOnTarget(access)) return;
  await authorize(ctx, access);
}

async function readBody<B extends z.ZodType | undefined>(
  request: Request,
  { body, binaryBytes }: { body?: B; binaryBytes?: number },
): Promise<{ body: Out<B>; binary: Uint8Array }> {
  if (binaryBytes !== undefined)
    return { body: parse(body, undefined), binary: await readBinaryBody(request, binaryBytes) };
  return { body: parse(body, await bodyOf(request, body)), binary: new Uint8Array() };
}

async function bodyOf(request: Request, schema: z.ZodType | undefined): Promise<unknown> {
  if (schema?.safeParse(undefined).success) return readOptionalBody(request);
  if (schema) return readJsonBody(request);
  requireJson(request, { isRequired: false });
}

function queryOf(request: Request): Record<string, unknown> {
  const entries = [...new URL(request.url).searchParams];
  entries.forEach(([, value]) => requireCleanText(value));
  return Object.fromEntries(entries);
}

function parse<S extends z.ZodType | undefined>(schema: S | undefined, value: unknown): Out<S>;
function parse(schema: z.ZodType | undefined, value: unknown): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => ({ path, message }));
  const [first] = issues;
  const where = first && first.path.length > 0 ? `${first.path.join('.')}: ` : '';
  throw new AppError('invalid', `${where}${first?.message ?? 'Not valid'}`, { details: { issues } });
}

/** An address that cannot be one of ours is simply not there. */
function parsePath<S extends z.ZodType | undefined>(schema: S | undefined, params: unknown): Out<S>;
function parsePath(schema: z.ZodType | undefined, params: unknown): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(params);
  if (result.success) return result.data;
  throw new AppError('not_found', 'There is nothing at this address');
}
