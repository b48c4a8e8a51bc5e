// The console door: `GET /console/<instance>/<kind>` with `Upgrade: corral-console` answers 101, then raw bytes flow both ways.
// Whatever side ends first, both are closed; no socket is left over.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { agentConsoleUpgrade } from '@/contract/agent-calls';
import { AppError, httpStatusOf, type ErrorCode } from '@/contract/errors';
import { ConsoleKind } from '@/contract/schemas/instance';
import { Id } from '@/contract/names';
import type { NodeDoor } from '../calls/handlers';
import { wordsOf } from '../log';
import { connectStreams } from './connect-streams';

type Upgrade = { door: NodeDoor; request: IncomingMessage; socket: Duplex; head: Buffer };

export async function handleConsoleUpgrade({ door, request, socket, head }: Upgrade): Promise<void> {
  // A socket that breaks while the console is being opened must not end the process.
  socket.on('error', () => socket.destroy());
  const target = readTarget(request);
  if (!target) return refuse(socket, 'not_found', 'No console here');
  try {
    const console = await door.openConsole(target.instanceId, target.kind);
    if (socket.destroyed) {
      console.destroy();
      return;
    }
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${agentConsoleUpgrade}\r\n\r\n`,
    );
    if (head.length > 0) console.write(head);
    connectStreams(socket, console);
  } catch (error) {
    refuse(socket, error instanceof AppError ? error.code : 'internal', wordsOf(error));
  }
}

function readTarget({ url = '', headers }: IncomingMessage) {
  const [, room, id, kind, ...rest] = url.split('/');
  const instanceId = Id.safeParse(id);
  const wanted = ConsoleKind.safeParse(kind);
  if (room !== 'console' || rest.length > 0 || headers.upgrade !== agentConsoleUpgrade) return undefined;
  if (!instanceId.success || !wanted.success) return undefined;
  return { instanceId: instanceId.data, kind: wanted.data };
}

function refuse(socket: Duplex, code: ErrorCode, message: string): void {
  const text = JSON.stringify({ code, message });
  socket.end(
    [
      `HTTP/1.1 ${httpStatusOf[code]} Refused`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(text)}`,
      'Connection: close',
      '',
      text,
    ].join('\r\n'),
  );
}
