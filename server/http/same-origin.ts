// Whether a request that changes something was made by our own pages (threat: cross-site request forgery).
// Browsers always send Origin with such requests; what has neither Origin nor Sec-Fetch-Site is no browser, and it may only act without cookies.
import { AppError } from '@/contract/errors';

export function requireSameOrigin(request: Request, ownUrl: string): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  if (isSameOrigin(request.headers, ownUrl)) return;
  throw new AppError('forbidden', 'This request did not come from a page of this console', {
    details: { reason: 'origin' },
  });
}

/** Also for WebSocket upgrades, which browsers send with an Origin and without asking anybody. */
export function isSameOrigin(headers: Headers, ownUrl: string): boolean {
  const origin = headers.get('origin');
  if (origin !== null) return isOwnOrigin(origin, { ownUrl, host: headers.get('host') });
  const site = headers.get('sec-fetch-site');
  return site === null ? !headers.has('cookie') : site === 'same-origin';
}

// The console may be reached under several names; the Host header of a cross-site request is ours, but its Origin is not.
function isOwnOrigin(origin: string, { ownUrl, host }: { ownUrl: string; host: string | null }): boolean {
  const own = new URL(ownUrl);
  return origin === own.origin || (host !== null && origin === `${own.protocol}//${host.toLowerCase()}`);
}
