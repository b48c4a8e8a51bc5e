// Consoles as the browser opens them: one WebSocket with a one-time ticket, bytes both ways.
import { WebSocket } from 'ws';
import { api, consoleProtocol, ticketProtocolPrefix } from '@/contract/paths';
import { type ConsoleKind, ConsoleTicket } from '@/contract/schemas/instance';
import type { Rest } from './rest';

const nudgeMs = 10_000;

export type Serial = {
  /** All that was shown since it was opened. */
  text(): string;
  type(line: string): void;
  /** Resolves with the match once what was shown from `from` on has it; rejects when the console closes. */
  until(pattern: RegExp, from?: number): Promise<RegExpExecArray>;
  /** Types a command and answers what it printed. */
  run(command: string): Promise<string>;
  isOpen(): boolean;
  close(): void;
};

/** A console as the browser opens it; resolves when it is open. `onData` hears all of it. */
export async function openConsole(
  rest: Rest,
  { instanceId, kind, onData }: { instanceId: string; kind: ConsoleKind; onData: (data: Buffer) => void },
): Promise<WebSocket> {
  const { ticket, path } = await rest.call('POST', api.consoleTickets(instanceId), ConsoleTicket, { kind });
  const socket = new WebSocket(
    rest.url.replace(/^http/, 'ws') + path,
    [consoleProtocol, `${ticketProtocolPrefix}${ticket}`],
    { origin: rest.url, headers: { cookie: rest.cookie } },
  );
  socket.on('message', onData);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

export async function openSerial(rest: Rest, instanceId: string): Promise<Serial> {
  let text = '';
  let commands = 0;
  const listeners = new Set<() => void>();
  const onData = (data: Buffer) => {
    text += data.toString('latin1');
    listeners.forEach((listener) => listener());
  };
  const socket = await openConsole(rest, { instanceId, kind: 'serial', onData });
  const type = (line: string) => socket.send(Buffer.from(`${line}\n`));
  const until: Serial['until'] = (pattern, from = 0) =>
    new Promise((resolve, reject) => {
      const closed = (code: number) =>
        reject(new Error(`The console closed with ${code}: ${text.slice(-300)}`));
      const look = () => {
        const match = pattern.exec(text.slice(from));
        if (!match) return;
        listeners.delete(look);
        socket.off('close', closed);
        resolve(match);
      };
      listeners.add(look);
      socket.once('close', closed);
      look();
    });
  return {
    text: () => text,
    type,
    until,
    async run(command) {
      commands += 1;
      const from = text.length;
      // The line is echoed, so what marks the ends is not spelt in it.
      type(`echo "<"${commands}"<"; ${command}; echo ">"${commands}">"`);
      const [, output = ''] = await until(new RegExp(`<${commands}<\\s*([^]*?)>${commands}>`), from);
      return output.trim();
    },
    isOpen: () => socket.readyState === WebSocket.OPEN,
    close: () => socket.close(),
  };
}

/** Signs in at the tiny OS's prompt; also where somebody is signed in already. What a guest that is just starting has not read is typed again. */
export async function signInTiny(serial: Serial): Promise<void> {
  const nudge = setInterval(() => serial.type(''), nudgeMs);
  try {
    const login = /login: *$/;
    // The shell asks the terminal where its cursor is, right behind its prompt.
    const prompt = /root@\S+# *(?:\W\[6n)?$/;
    for (let from = 0; ;) {
      const [seen] = await serial.until(new RegExp(`${login.source}|${prompt.source}`), from);
      from = serial.text().length;
      // What stands there may be of a shell that is no more: one that answers is one.
      const isShell = prompt.test(seen);
      serial.type(isShell ? 'echo si""gned' : 'root');
      if (!isShell) continue;
      const [answer] = await serial.until(new RegExp(`^signed|${login.source}`, 'm'), from);
      if (answer === 'signed') return;
    }
  } finally {
    clearInterval(nudge);
  }
}
