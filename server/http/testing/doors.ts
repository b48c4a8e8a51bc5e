// Every REST door of the product, found in the file system: a route that is added is tried without anybody adding it here.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ownUrl } from '../../usecases/testing/console-world';

const root = path.resolve(import.meta.dirname, '../../..');
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>;
export type Door = {
  method: string;
  /** "v1/instances/[id]/start" */
  route: string;
  access: unknown;
  handler: Handler;
};
/** Parts of the address by their names in brackets. */
export type Parts = Record<string, string>;

export async function findDoors(): Promise<Door[]> {
  const folder = path.join(root, 'app/api');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => path.basename(file) === 'route.ts',
  );
  const doors = files.sort().map(async (file) => {
    const exported: Record<string, unknown> = await import(path.join(folder, file));
    return methods.flatMap((method) => {
      const handler = exported[method];
      if (!isHandler(handler)) return [];
      return [{ method, route: path.dirname(file), access: Reflect.get(handler, 'access'), handler }];
    });
  });
  return (await Promise.all(doors)).flat();
}

export function isMutation({ method }: Door): boolean {
  return !['GET', 'HEAD', 'OPTIONS'].includes(method);
}

export type Knock = {
  parts?: Parts;
  cookie?: string;
  /** Sent as JSON, or as it streams. */
  body?: unknown;
  headers?: Record<string, string>;
};

export async function knock(door: Door, { parts = {}, cookie, body, headers }: Knock): Promise<Response> {
  const address = door.route.replace(/\[(\w+)\]/g, (_, name: string) => parts[name] ?? '');
  const request = new Request(`${ownUrl}/api/${address}`, {
    method: door.method,
    headers: {
      ...(isMutation(door) && { origin: ownUrl, 'content-type': 'application/json' }),
      ...(cookie && { cookie }),
      ...headers,
    },
    body: isMutation(door) ? bodyOf(body) : undefined,
    ...{ duplex: 'half' },
  });
  return door.handler(request, { params: Promise.resolve(parts) });
}

function bodyOf(body: unknown): BodyInit {
  return body instanceof ReadableStream ? body : JSON.stringify(body ?? {});
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}
