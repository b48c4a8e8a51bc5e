// Files as answers: with length and checksum, streamed no faster than they are read, and only so many at once, because anybody may ask.
import { createReadStream, type ReadStream } from 'node:fs';
import { createOpenLimits, type OpenLimit } from '../console/open-limits';
import { networkOf } from '../auth/remote-address';
import { exactLengthHeader } from './exact-length';
import { withTimeLimit } from '@/contract/time-limit';

export const downloadLimits = {
  /** Many nodes may be installed from behind one address. */
  network: { atOnce: 20, perMinute: 300, things: 'downloads', code: 'rate_limited' },
  everybody: { atOnce: 60, perMinute: 1_000, things: 'downloads', code: 'rate_limited' },
} as const satisfies Record<string, OpenLimit>;
/** Who reads slower than this allows keeps places from others. */
const longestMs = 15 * 60_000;

const ofNetwork = createOpenLimits(downloadLimits.network);
const ofEverybody = createOpenLimits(downloadLimits.everybody);

export type Download = { request: Request; address: string | null | undefined; sha256: string };
export type FileDownload = Download & { path: string; sizeBytes: number };

export function textResponse({ text, ...download }: Download & { text: string }): Response {
  const headers = headersOf(download.sha256, Buffer.byteLength(text));
  if (isKnown(download)) return new Response(null, { status: 304, headers: headers.cache });
  return new Response(download.request.method === 'HEAD' ? null : text, { headers: headers.all });
}

/** Throws `rate_limited` where too many are under way. */
export function fileResponse(download: FileDownload): Response {
  const headers = headersOf(download.sha256, download.sizeBytes);
  if (isKnown(download)) return new Response(null, { status: 304, headers: headers.cache });
  if (download.request.method === 'HEAD') return new Response(null, { headers: headers.all });
  const leave = takePlace(networkOf(download.address ?? null));
  const signal = withTimeLimit(download.request.signal, longestMs);
  const file = createReadStream(download.path, { end: download.sizeBytes - 1, signal });
  file.once('close', leave);
  // The receiver sees that too few bytes came; there is nobody else to tell.
  file.on('error', () => {});
  return new Response(bodyOf(file), { headers: headers.all });
}

function bodyOf(file: ReadStream): ReadableStream<Uint8Array> {
  const chunks = file.iterator();
  return new ReadableStream(
    {
      pull: async (controller) => {
        const { value, done } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: () => void file.destroy(),
    },
    { highWaterMark: 0 },
  );
}

function takePlace(network: string): () => void {
  const leaveNetwork = ofNetwork.enter(network);
  try {
    const leaveEverybody = ofEverybody.enter('everybody');
    return () => {
      leaveNetwork();
      leaveEverybody();
    };
  } catch (error) {
    leaveNetwork();
    throw error;
  }
}

/** Compressing would take the length away, and what is sent is compared by checksum. */
function headersOf(sha256: string, sizeBytes: number) {
  const cache = { etag: `"${sha256}"`, 'cache-control': 'no-cache, no-transform' };
  const type = 'application/octet-stream';
  return { cache, all: { ...cache, 'content-type': type, [exactLengthHeader]: String(sizeBytes) } };
}

function isKnown({ request, sha256 }: Download): boolean {
  const tags = request.headers.get('if-none-match')?.split(',') ?? [];
  return tags.some((tag) => tag.trim().replace(/^W\//, '') === `"${sha256}"`);
}
