import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below Linux's range of ephemeral ports, so that a remembered port is not lost to an outgoing connection. */
const lowestPort = 20_000;
const highestPort = 32_700;

export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(lowestPort, highestPort);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`No free TCP port found between ${lowestPort} and ${highestPort}`);
}
