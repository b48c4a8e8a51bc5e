// The little that the lab says to a QEMU of its own over its monitor (QMP): one command after another.
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

const Reply = z.object({
  return: z.unknown().optional(),
  error: z.object({ desc: z.string() }).optional(),
});
const Migration = z.object({ status: z.string().optional(), 'error-desc': z.string().optional() });

const pollMs = 10;

export type Qmp = {
  /** Answers the `return` of a command; throws with QEMU's own words. */
  execute(command: string, args?: Record<string, unknown>): Promise<unknown>;
  /** Resolves when a migration, in either direction, is complete; throws when it failed. */
  migrated(): Promise<void>;
  close(): void;
};

/** Waits until QEMU listens; throws when `hasEnded` says that it never will. */
export async function connectQmp(path: string, hasEnded: () => boolean): Promise<Qmp> {
  const socket = await connectSocket(path, hasEnded);
  const replies = createInterface({ input: socket })[Symbol.asyncIterator]();
  const execute = async (command: string, args?: Record<string, unknown>) => {
    socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    for (;;) {
      const { value, done } = await replies.next();
      if (done) throw new Error(`QEMU ended before it answered ${command}`);
      const message: unknown = JSON.parse(value);
      const { return: result, error } = Reply.parse(message);
      if (error) throw new Error(`QEMU refuses ${command}: ${error.desc}`);
      // Greeting and events have neither.
      if (result !== undefined) return result;
    }
  };
  await execute('qmp_capabilities');
  return { execute, migrated: () => untilMigrated(execute), close: () => socket.destroy() };
}

async function connectSocket(path: string, hasEnded: () => boolean): Promise<Socket> {
  for (;;) {
    const socket = createConnection(path);
    try {
      await once(socket, 'connect');
      socket.on('error', () => undefined);
      return socket;
    } catch (cause) {
      socket.destroy();
      if (hasEnded()) throw new Error('QEMU ended before its monitor answered', { cause });
      await delay(pollMs);
    }
  }
}

async function untilMigrated(execute: Qmp['execute']): Promise<void> {
  for (;;) {
    const state = Migration.parse(await execute('query-migrate'));
    if (state.status === 'completed') return;
    if (state.status === 'failed')
      throw new Error(`QEMU's migration failed: ${state['error-desc'] ?? 'no reason'}`);
    await delay(pollMs);
  }
}
