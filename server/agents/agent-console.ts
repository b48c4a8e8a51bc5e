// The client's side of the console door: an HTTP upgrade on a connection of its own, then raw bytes.
import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { z } from 'zod';
import { agentConsolePath, agentConsoleUpgrade } from '@/contract/agent-calls';
import { AppError, errorCodes } from '@/contract/errors';
import type { ConsoleKind } from '@/contract/schemas/instance';

const answerMs = 15_000;
const Refusal = z.object({ code: z.enum(errorCodes), message: z.string() });

export function openConsole(socket: TLSSocket, instanceId: string, kind: ConsoleKind): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    const asking = request({
      createConnection: () => socket,
      path: agentConsolePath(instanceId, kind),
      headers: { connection: 'Upgrade', upgrade: agentConsoleUpgrade, host: 'agent' },
      timeout: answerMs,
    });
    asking.on('upgrade', (_, upgraded, head) => {
      upgraded.setTimeout(0);
      if (head.length > 0) upgraded.unshift(head);
      resolve(upgraded);
    });
    asking.on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text = (text + chunk).slice(0, 4_096)));
      answer.on('end', () => fail(readRefusal(text)));
    });
    asking.on('timeout', () => fail(new AppError('timeout', 'The console did not open in time')));
    asking.on('error', fail);
    asking.end();
  });
}

function readRefusal(text: string): AppError {
  try {
    const { code, message } = Refusal.parse(JSON.parse(text));
    return new AppError(code, message);
  } catch {
    return new AppError('internal', 'The agent refused the console in an unknown form');
  }
}
