// Downloads what an operator named by its URL, as far as the network may be entrusted to them: http and https, public addresses, bounded in size
// and time. Every redirect is looked at like the first address.
import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { AppError } from '@/contract/errors';
import { isPublicAddress } from './public-address';

export type DownloadLimits = { bytes: number; timeoutMs: number };

export type Download = {
  url: string;
  allowsPrivate: boolean;
  limits: DownloadLimits;
  signal: AbortSignal;
  progress: (done: number) => void;
  write: (chunk: Uint8Array) => Promise<void>;
  /** Throws where so many bytes have no room. */
  requireRoom: (bytes: number) => Promise<void>;
};

const mostRedirects = 5;
/** A server that says nothing for so long is given up. */
const silenceMs = 60_000;
const roomEveryBytes = 256 * 1024 ** 2;

export async function download(wish: Download): Promise<void> {
  const { limits, signal } = wish;
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  const agent = new Agent({
    connect: { lookup: lookupFor(wish.allowsPrivate), timeout: silenceMs },
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
  });
  try {
    await follow(wish, { agent, signal: AbortSignal.any([signal, timeout]) });
  } catch (error) {
    if (signal.aborted) throw new AppError('canceled', 'Canceled while downloading');
    if (timeout.aborted)
      throw new AppError(
        'timeout',
        `Cannot download ${wish.url}: it took more than ${limits.timeoutMs / 60_000} min`,
      );
    if (error instanceof AppError) throw error;
    const words = error instanceof Error ? error.message : String(error);
    throw new AppError('unavailable', `Cannot download ${wish.url}: ${words}`, { cause: error });
  } finally {
    await agent.destroy();
  }
}

type Way = { agent: Agent; signal: AbortSignal };

async function follow(wish: Download, { agent, signal }: Way): Promise<void> {
  let url = wish.url;
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    requireUsable(new URL(url), wish.allowsPrivate);
    const answer = await request(url, { dispatcher: agent, signal, headers: { accept: '*/*' } });
    const { statusCode, headers, body } = answer;
    const { location } = headers;
    if (statusCode >= 300 && statusCode < 400 && typeof location === 'string') {
      body.on('error', () => {}).destroy();
      url = new URL(location, url).href;
      continue;
    }
    if (statusCode !== 200)
      throw new AppError('unavailable', `Cannot download ${url}: it answers ${statusCode}`);
    const length = Number(headers['content-length'] ?? Number.NaN);
    return receive(wish, { body, length: Number.isSafeInteger(length) ? length : null });
  }
  throw new AppError(
    'unavailable',
    `Cannot download ${wish.url}: it redirects more than ${mostRedirects} times`,
  );
}

type Answer = { body: AsyncIterable<Uint8Array>; length: number | null };

async function receive({ url, limits, ...wish }: Download, { body, length }: Answer): Promise<void> {
  const tooLarge = () =>
    new AppError('invalid', `Cannot download ${url}: it is larger than ${limits.bytes / 1024 ** 3} GiB`);
  if (length !== null && length > limits.bytes) throw tooLarge();
  await wish.requireRoom(length ?? roomEveryBytes);
  let bytes = 0;
  let askedAt = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > limits.bytes) throw tooLarge();
    if (length === null && bytes - askedAt > roomEveryBytes) {
      askedAt = bytes;
      await wish.requireRoom(roomEveryBytes);
    }
    await wish.write(chunk);
    if (length !== null) wish.progress(bytes / length);
  }
}

/** An address that stands in the URL is not looked up, so it is judged here. */
function requireUsable({ protocol, hostname, href }: URL, allowsPrivate: boolean): void {
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new AppError('invalid', `Cannot download ${href}: only http and https are used`);
  const address = hostname.replace(/^\[|\]$/g, '');
  if (!allowsPrivate && isIP(address) !== 0 && !isPublicAddress(address)) throw notPublic(hostname);
}

/** Answers only addresses that may be connected to; the connection is made to one of them. */
function lookupFor(allowsPrivate: boolean): LookupFunction {
  return (hostname, options, answer) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return answer(error, '');
      const usable = found.filter(({ address }) => allowsPrivate || isPublicAddress(address));
      const [first] = usable;
      if (!first || usable.length < found.length) return answer(notPublic(hostname), '');
      if (options.all) return answer(null, usable);
      answer(null, first.address, first.family);
    });
  };
}

function notPublic(hostname: string): AppError {
  return new AppError(
    'forbidden',
    `Cannot download from ${hostname}: it is not a public address, and CORRAL_PRIVATE_IMAGE_URLS does not allow others`,
  );
}
