// Where an installed agent lives on its node, and what keeps it small: what the control plane writes into a node's unit and what this
// machine's own agent is started with.

export const agentPort = 4301;
export const agentFolder = '/opt/corral/agent';
export const agentDataFolder = '/var/lib/corral/agent';
export const agentUnit = 'corral-agent.service';
/** Carries a join token into a program: arguments can be read by every user of the machine. */
export const joinTokenVariable = 'CORRAL_JOIN_TOKEN';
/** In the data folder: a join token for the agent's next start, readable by root alone; the agent removes it once it is answered. */
export const joinTokenFile = 'join-token';

/** V8 would let its young objects take 16 MiB three times over. */
export const agentNodeOptions = '--max-semi-space-size=1';

/**
 * glibc would keep a heap for every thread, with holes as large as what a busy console had in flight. What is not small is mapped alone, so that
 * it goes back to the system; records of TLS (16 KiB) are small: to map each of a guest's memory that moves cost more than to decrypt it.
 */
export const agentHeap = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '20480',
  MALLOC_TRIM_THRESHOLD_: '65536',
  MALLOC_TOP_PAD_: '16384',
} as const;
