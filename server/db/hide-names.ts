// Takes out of texts what their owners may not read: which node it was, where on it something is, and what went wrong inside the console. Messages
// and log lines come from the nodes, and may say all of that.
import type { ErrorBody } from '@/contract/errors';
import type { Queryable } from './client';
import { isOperator, type Viewer } from './viewer';

export type HideNames = { nothing: boolean; in: (text: string) => string };

const placeholder = { node: 'a node', path: 'a path on the node' } as const;

export async function loadNodeNameFilter(db: Queryable, viewer: Viewer): Promise<HideNames> {
  if (isOperator(viewer)) return { nothing: true, in: (text) => text };
  const [nodes, former] = await Promise.all([
    db.node.findMany({ select: { id: true, name: true, address: true } }),
    readFormerNames(db),
  ]);
  const present = nodes.flatMap(({ id, name, address }) => [id, name, address, hostOf(address)]);
  const hideNames = hideAll([...present, ...former]);
  return { nothing: false, in: (text) => hideNames(hidePaths(hideInternal(text))) };
}

/** What owners read instead of a message that was meant for nobody. */
export function internalText(jobId: number | string): string {
  return `Something went wrong in the console itself; an operator finds the reason in job ${jobId}`;
}

/** A job's error in a text that owners read too: what is `internal` is marked, and cut off for them. */
export function markInternal({ code, message }: ErrorBody, jobId: number): string {
  return code === 'internal' ? `Internal error of job ${jobId}: ${message}` : message;
}

function hideInternal(text: string): string {
  return text.replace(/Internal error of job (\d+): [^]*/, (_, jobId: string) => internalText(jobId));
}

/** Absolute paths; what follows a word, a dot or another slash is none: `MiB/s`, `./x`, the path of an https address. */
export function hidePaths(text: string): string {
  return text.replace(
    /(?<![\w/.~-])(?:file:\/\/)?\/(?!\/)[^\s'"`,;:()[\]{}<>|]*[^\s'"`,;:()[\]{}<>|.]/g,
    placeholder.path,
  );
}

/** Replaces whole names only: a node called `web` does not change `web1`. */
export function hideAll(names: string[]): (text: string) => string {
  const longestFirst = [...new Set(names)].filter(Boolean).sort((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return (text) => text;
  const any = longestFirst.map((name) => name.replace(/[^a-z0-9]/gi, '\\$&')).join('|');
  const pattern = new RegExp(`(?<![\\w-])(?:${any})(?![\\w-]|\\.\\w)`, 'gi');
  return (text) => text.replace(pattern, placeholder.node);
}

function hostOf(address: string): string {
  return address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

type Former = { upTo: number; names: Set<string> };
const former = new WeakMap<Queryable, Former>();
/** Rows do not become visible in the order of their numbers. */
const lateRows = 100;

/** Of all nodes that ever were: what a removed one wrote is still read. The audit only grows, so each row is read once. */
async function readFormerNames(db: Queryable): Promise<Set<string>> {
  const known = former.get(db) ?? { upTo: 0, names: new Set() };
  const [read] = await db.$queryRaw<{ upTo: number | null; names: (string | null)[] | null }[]>`
    SELECT max(id) AS "upTo", array_agg("targetId") FILTER (WHERE "targetKind" = 'node')
      || array_agg("targetName") FILTER (WHERE "targetKind" = 'node')
      || array_agg(details->>'address') FILTER (WHERE "targetKind" = 'node' AND action = 'agent.join') AS names
    FROM "AuditEntry" WHERE id > ${known.upTo - lateRows}`;
  for (const name of read?.names ?? []) if (name) known.names.add(name).add(hostOf(name));
  former.set(db, { ...known, upTo: read?.upTo ?? known.upTo });
  return known.names;
}
