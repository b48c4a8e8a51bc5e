// The process's own feed, opened at first use and shared by all its streams.
import type { Db } from '../db/client';
import { env } from '../env';
import { openFeed, type Feed } from './feed';

let opening: Promise<Feed> | undefined;

export function sharedFeed(db: Db): Promise<Feed> {
  opening ??= openFeed({ db, url: env().DATABASE_URL }).catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}
