// Shadow databases are made and dropped here: the adapter's own connectToShadowDb() lands on the main database when it
// was given a connection string.
import { openAdapter } from './adapter.mjs';
import { quote } from './database-commands.mjs';

/** @type {Set<() => Promise<void>>} */
const undropped = new Set();

/**
 * @param {{ url: string, shadowDatabaseUrl?: string }} options
 */
export async function openShadowDatabase({ url, shadowDatabaseUrl }) {
  if (shadowDatabaseUrl) return openAdapter(shadowDatabaseUrl);
  const main = await openAdapter(url);
  const name = `prisma_migrate_shadow_db_${globalThis.crypto.randomUUID()}`;
  await main.executeScript(`CREATE DATABASE ${quote(name)}`);
  const shadowUrl = new URL(url);
  shadowUrl.pathname = `/${name}`;
  const shadow = await openAdapter(shadowUrl.toString());
  const disconnect = shadow.dispose.bind(shadow);
  const drop = async () => {
    if (!undropped.delete(drop)) return;
    await disconnect();
    await main.executeScript(`DROP DATABASE ${quote(name)} WITH (FORCE)`);
    await main.dispose();
  };
  undropped.add(drop);
  shadow.dispose = drop;
  return shadow;
}

/** The engine does not dispose of a shadow database in which a migration failed. */
export async function dropLeftShadowDatabases() {
  await Promise.allSettled([...undropped].map((drop) => drop()));
}
