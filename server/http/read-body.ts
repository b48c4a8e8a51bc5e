// Reads bodies of bounded size; JSON only as application/json and without characters that the database cannot hold.
import { AppError } from '@/contract/errors';
import { HttpRefusal } from './problem';

export const bodyLimitBytes = 256 * 1024;

export async function readJsonBody(request: Request): Promise<unknown> {
  requireJson(request, { isRequired: true });
  const text = await readText(request, bodyLimitBytes);
  try {
    return JSON.parse(text, (_key, value: unknown) => requireCleanText(value));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('invalid', 'The body is not valid JSON', { details: { issues: [] } });
  }
}

/** For what can do without a body: none at all, or JSON. */
export async function readOptionalBody(request: Request): Promise<unknown> {
  if (request.headers.has('content-type')) return readJsonBody(request);
  if ((await readText(request, bodyLimitBytes)) !== '') requireJson(request, { isRequired: true });
  return undefined;
}

/** Refuses bodies of other types, also where no body is read: a form or a plain text may come from any page. */
export function requireJson(request: Request, { isRequired }: { isRequired: boolean }): void {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json' || (type === undefined && !isRequired)) return;
  throw new HttpRefusal(415, new AppError('invalid', 'Send the body as application/json'));
}

/** PostgreSQL stores neither NUL nor halves of a surrogate pair. */
export function requireCleanText(value: unknown): unknown {
  if (typeof value === 'string' && /\0|\p{Surrogate}/u.test(value))
    throw new AppError('invalid', 'The request contains characters that are not allowed', {
      details: { issues: [] },
    });
  return value;
}

/** No page of another origin may send this type without having asked. */
const binaryType = 'application/octet-stream';

export async function readBinaryBody(request: Request, limitBytes: number): Promise<Uint8Array> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== binaryType)
    throw new HttpRefusal(415, new AppError('invalid', `Send the body as ${binaryType}`));
  return readBytes(request, limitBytes);
}

/** Whatever its header says, no more than the limit is read. */
export async function readText(request: Request, limitBytes: number): Promise<string> {
  return new TextDecoder().decode(await readBytes(request, limitBytes));
}

async function readBytes(request: Request, limitBytes: number): Promise<Uint8Array> {
  const message = `The body is larger than ${limitBytes / 1024} KiB`;
  const tooLarge = new HttpRefusal(413, new AppError('invalid', message));
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) throw tooLarge;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > limitBytes) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
