/**
 * Aborts with `signal`, or after `ms` with an error named TimeoutError. Not `AbortSignal.timeout` within `AbortSignal.any`: Node.js 20 loses such a
 * one when it collects garbage, and it never aborts.
 */
export function withTimeLimit(signal: AbortSignal, ms: number): AbortSignal {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new DOMException('The time is up', 'TimeoutError')), ms);
  timer.unref();
  return AbortSignal.any([signal, limit.signal]);
}
