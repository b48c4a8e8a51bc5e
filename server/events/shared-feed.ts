// The process's own feed, opened at first use and shared by all its streams.
import type { Db } from '../db/client';
import { openFeed, type Feed } from './feed';

let opening: Promise<Feed> | undefined;

export function sharedFeed(db: Db, url: string): Promise<Feed> {
  opening ??= openFeed({ db, url }).catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}
