// Who this node is when its agent starts: the identity that it has, or a new one for the join token that it was given.
import { AppError } from '@/contract/errors';
import { parseJoinToken } from '@/contract/join-token';
import type { RunOptions } from './command-line';
import { openDefinitions } from './definitions';
import type { Identity, IdentityStore } from './identity';
import { join } from './join';
import type { Log } from './log';
import { describeNodeUse, readNodeUse, type NodeUse } from './node-use';
import { createRealDrivers } from './real-drivers';

type Identifying = { store: IdentityStore; address: string; log: Log; stop: AbortSignal };

/** null when it was told to stop while it tried to join. */
export async function identify(
  { join: wanted, name, dataDir }: RunOptions,
  { store, address, log, stop }: Identifying,
): Promise<Identity | null> {
  const kept = await store.read();
  if (kept && !(wanted && (await mayJoinAnew({ kept, token: wanted.token, dataDir, log })))) return kept;
  if (!wanted)
    throw new AppError(
      'wrong_state',
      'This node has not joined yet: give a join token in CORRAL_JOIN_TOKEN (or --join <token>) and --url <control plane url>',
    );
  try {
    const identity = await join({ ...wanted, name, address, store, log, signal: stop });
    log(`joined as node ${identity.nodeId}`);
    return identity;
  } catch (error) {
    if (stop.aborted) return null;
    throw error;
  }
}

/**
 * A node that was removed while it could not be reached, or whose joining failed half-way, has an identity that is worth nothing. One that
 * holds instances keeps it in any case: another identity would take them away from their owners.
 */
async function mayJoinAnew(request: {
  kept: Identity;
  token: string;
  dataDir: string;
  log: Log;
}): Promise<boolean> {
  const { kept, token, dataDir, log } = request;
  const tokenId = parseJoinToken(token)?.tokenId;
  if (tokenId !== undefined && tokenId === kept.tokenId) return false;
  const why = await reasonToKeep({ kept, tokenId, dataDir, log });
  if (why === null) log(`node ${kept.nodeId} has nothing on it: joining anew with the other join token`);
  else log(`the join token is not used, this stays node ${kept.nodeId}: ${why}`);
  return why === null;
}

async function reasonToKeep(request: {
  kept: Identity;
  tokenId: string | undefined;
  dataDir: string;
  log: Log;
}): Promise<string | null> {
  const { kept, tokenId, dataDir, log } = request;
  if (tokenId === undefined) return 'the token is not complete';
  if (kept.tokenId === undefined)
    return `it may be the token that it joined with; to join anew, remove ${dataDir}/identity.json`;
  const use = await readUseOf(dataDir, log);
  return use && `it still has ${describeNodeUse(use)}`;
}

async function readUseOf(dataDir: string, log: Log): Promise<NodeUse | null> {
  const definitions = await openDefinitions(dataDir, log);
  const drivers = await createRealDrivers({ dataDir });
  try {
    for (const hypervisor of drivers.hypervisors) await hypervisor.recover(definitions.list());
    return await readNodeUse({ definitions, drivers });
  } finally {
    for (const hypervisor of drivers.hypervisors) await hypervisor.close();
  }
}
