// Takes what names a node out of texts that owners read: messages and log lines come from the nodes and may say on which one.
import type { Queryable } from './client';
import { isOperator, type Viewer } from './viewer';

export type HideNames = { nothing: boolean; in: (text: string) => string };

const placeholder = 'a node';

export async function loadNodeNameFilter(db: Queryable, viewer: Viewer): Promise<HideNames> {
  if (isOperator(viewer)) return { nothing: true, in: (text) => text };
  const nodes = await db.node.findMany({ select: { id: true, name: true, address: true } });
  return {
    nothing: false,
    in: hideAll(nodes.flatMap(({ id, name, address }) => [id, name, address, hostOf(address)])),
  };
}

/** Replaces whole names only: a node called `web` does not change `web1`. */
export function hideAll(names: string[]): (text: string) => string {
  const longestFirst = [...new Set(names)].filter(Boolean).sort((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return (text) => text;
  const any = longestFirst.map((name) => name.replace(/[^a-z0-9]/gi, '\\$&')).join('|');
  const pattern = new RegExp(`(?<![\\w-])(?:${any})(?![\\w-]|\\.\\w)`, 'gi');
  return (text) => text.replace(pattern, placeholder);
}

function hostOf(address: string): string {
  return address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}
