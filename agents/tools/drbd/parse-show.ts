// `drbdsetup show`: how resources are set up. 8.4 and DRBD 9 nest it differently, with the same words for what counts here.

export type Shown = {
  minor: number | null;
  /** Attached volumes; null when diskless. */
  dataPath: string | null;
  metaPath: string | null;
  /** This node's and the peer's, as "ipv4:10.0.0.1:11000" or "ipv6:[fd00::1]:11000"; null where it has no connection. */
  addresses: readonly [string, string] | null;
  twoPrimaries: boolean;
};

/** null where nothing is set up under that name. */
export function parseShow(text: string): Shown | null {
  if (!/^\s*resource /m.test(text)) return null;
  const found = (pattern: RegExp) => pattern.exec(text)?.[1] ?? null;
  const minor = found(/^\s*device\s+minor (\d+);/m);
  return {
    minor: minor === null ? null : Number(minor),
    dataPath: found(/^\s*disk\s+"([^"]+)";/m),
    metaPath: found(/^\s*meta-disk\s+"([^"]+)"/m),
    addresses: addressesIn(text),
    twoPrimaries: /^\s*allow-two-primaries\s+yes;/m.test(text),
  };
}

/** By the names of the resources. */
export function parseShowAll(text: string): Map<string, Shown> {
  const parts = text.split(/^(?=resource )/m);
  const named = parts.flatMap((part) => {
    const name = /^resource "?([^"\s{]+)/.exec(part)?.[1];
    const shown = parseShow(part);
    return name === undefined || shown === null ? [] : [[name, shown] as const];
  });
  return new Map(named);
}

function addressesIn(text: string): Shown['addresses'] {
  const of = (host: string) =>
    new RegExp(`${host}\\s+(?:\\{\\s*address\\s+)?(ipv[46])\\s+(\\S+);`).exec(text)?.slice(1).join(':');
  const [local, peer] = [of('_this_host'), of('_remote_host')];
  return local !== undefined && peer !== undefined ? [local, peer] : null;
}
