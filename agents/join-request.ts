// One POST over plain HTTP or HTTPS. The server's certificate is not checked: a join carries no secret, and its answer is proven by the
// token's CA fingerprint, so that a control plane behind a self-signed certificate can be joined too.
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';

/** `dateMs`: what the other side's clock showed when it answered; null when it did not say. */
export type PostAnswer = { status: number; text: string; dateMs: number | null };
type Post = { url: URL; body: object; signal?: AbortSignal };

const timeoutMs = 30_000;
const answerLimitBytes = 256 * 1024;

export function postJson({ url, body, signal }: Post): Promise<PostAnswer> {
  const text = JSON.stringify(body);
  const options = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
    signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
  };
  return new Promise((resolve, reject) => {
    const onAnswer = (answer: IncomingMessage) => {
      const date = Date.parse(answer.headers.date ?? '');
      const dateMs = Number.isNaN(date) ? null : date;
      readAll(answer).then((read) => resolve({ status: answer.statusCode ?? 0, text: read, dateMs }), reject);
    };
    const request =
      url.protocol === 'https:'
        ? requestHttps(url, { ...options, rejectUnauthorized: false }, onAnswer)
        : requestHttp(url, options, onAnswer);
    request.on('error', reject);
    request.end(text);
  });
}

async function readAll(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > answerLimitBytes) throw new Error('the answer is too large');
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
