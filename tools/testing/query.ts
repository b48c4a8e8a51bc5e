import pg from 'pg';

/** One statement on a connection of its own. */
export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** How many sessions of this database wait for an advisory lock. */
export async function countWaitingForLock(url: string): Promise<number> {
  const waiting = await query(
    url,
    `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return waiting.length;
}
