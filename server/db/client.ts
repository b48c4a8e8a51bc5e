// The Prisma client: the one way to the database besides LISTEN and advisory locks (server/events, server/jobs).
import { PrismaPg } from '@prisma/adapter-pg';
import { connectionConfig } from './connection';
import { type Prisma, PrismaClient } from './generated/client';

export type Db = PrismaClient;
export type Tx = Prisma.TransactionClient;
/** Either: for queries that may run inside or outside of a transaction. */
export type Queryable = Db | Tx;
export type Json = Prisma.InputJsonValue;

/** Opens a pool of at most `connections`. Close with `$disconnect()`. */
export function createDb(url: string, connections = 10): Db {
  return new PrismaClient({
    adapter: new PrismaPg({ ...connectionConfig(url), max: connections }),
    transactionOptions: { maxWait: 10_000, timeout: 20_000 },
  });
}

const shared: { db?: Db; url?: string } = {};

/** The process's own client, opened at first use. */
export function sharedDb(url: string): Db {
  if (shared.url !== url) Object.assign(shared, { url, db: createDb(url) });
  shared.db ??= createDb(url);
  return shared.db;
}
