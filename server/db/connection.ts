// How every connection to the database is made. Invariant: a transaction whose process or host is gone does not hold its locks for long, and
// a connection whose other end is gone is noticed by both sides.
import type pg from 'pg';

const keepAliveIdleMs = 10_000;
const sessionSettings = [
  // Above what any of our transactions may take (transactionOptions in client.ts).
  'idle_in_transaction_session_timeout=30000',
  `tcp_keepalives_idle=${keepAliveIdleMs / 1000}`,
  'tcp_keepalives_interval=3',
  'tcp_keepalives_count=3',
];

/** What pg takes, for a client or a pool. */
export function connectionConfig(url: string): pg.ClientConfig {
  return {
    connectionString: withSessionSettings(url),
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveIdleMs,
  };
}

/** Only for who takes nothing but a URL. The settings come before those that the URL has, which thereby win. */
export function withSessionSettings(url: string): string {
  // Only the query is touched: addresses of sockets are not URLs to everybody.
  const at = url.indexOf('?');
  const query = new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
  const ours = sessionSettings.map((setting) => `-c ${setting}`).join(' ');
  query.set('options', `${ours} ${query.get('options') ?? ''}`.trimEnd());
  return `${at < 0 ? url : url.slice(0, at)}?${query.toString()}`;
}
