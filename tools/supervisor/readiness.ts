// Waiting: for a port that programs of a killed start may still hold, and for the web server's first answer.
import { setTimeout as delay } from 'node:timers/promises';
import { api } from '@/contract/paths';
import { isPortFree } from '../free-port';

const pollMs = 50;
const answerTimeoutMs = 60_000;

export type WantedPort = { host: string; port: number; variable: string };
export type Patience = { patienceMs: number; signal: AbortSignal };

export async function waitForFreePort(
  { host, port, variable }: WantedPort,
  { patienceMs, signal }: Patience,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await isPortFree(port, host))) {
    if (Date.now() >= deadline) {
      throw new Error(`Port ${port} on ${host} is taken by another program. Choose another with ${variable}`);
    }
    await delay(pollMs, undefined, { signal });
  }
}

export async function waitForHealth(url: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + answerTimeoutMs;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    if (await isHealthy(url)) return;
    await delay(pollMs, undefined, { signal });
  }
  throw new Error(`The web server did not answer within ${answerTimeoutMs / 1000} s`);
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}${api.health()}`, {
      signal: AbortSignal.timeout(5_000),
      redirect: 'manual',
    });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
