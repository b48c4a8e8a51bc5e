// A minimal RFB (VNC, RFC 6143) client over any byte stream: enough to ask for pictures and for an echo, and to count what comes.
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { WebSocket, type RawData } from 'ws';

export type Channel = {
  send(data: Buffer): void;
  onData(listener: (chunk: Buffer) => void): void;
  onEnd(listener: (error: Error) => void): void;
  close(): void;
};

export async function openUnixChannel(path: string): Promise<Channel> {
  const socket = createConnection(path);
  await once(socket, 'connect');
  return {
    send: (data) => void socket.write(data),
    onData: (listener) => void socket.on('data', listener),
    onEnd: (listener) => {
      socket.on('error', listener);
      socket.on('close', () => listener(new Error('The socket was closed')));
    },
    close: () => void socket.destroy(),
  };
}

export type SocketAddress = { url: string; protocols: string[]; cookie: string; origin: string };

export async function openWebSocketChannel({
  url,
  protocols,
  cookie,
  origin,
}: SocketAddress): Promise<Channel> {
  const socket = new WebSocket(url, protocols, { origin, headers: { cookie }, perMessageDeflate: false });
  // What comes in the same moment as the opening must not be lost.
  const early: Buffer[] = [];
  let listener = (chunk: Buffer): void => {
    early.push(chunk);
  };
  socket.on('message', (data: RawData) => Buffer.isBuffer(data) && listener(data));
  await once(socket, 'open');
  return {
    send: (data) => socket.send(data),
    onData: (next) => {
      listener = next;
      early.splice(0).forEach(next);
    },
    onEnd: (onEnd) => {
      socket.on('error', onEnd);
      socket.on('close', (code, reason) => onEnd(new Error(`The console was closed: ${code} ${reason}`)));
    },
    close: () => socket.terminate(),
  };
}

/** Takes what comes apart: `take` the next bytes, `skip` those that nobody looks at. */
function createReader(channel: Channel) {
  let waiting: Buffer[] = [];
  let have = 0;
  let skipping = 0;
  let want: { bytes: number; resolve: (found: Buffer) => void; reject: (error: Error) => void } | null = null;
  let failure: Error | null = null;
  const serve = () => {
    while (skipping > 0 && waiting[0]) {
      const [first] = waiting;
      const dropped = Math.min(skipping, first.length);
      skipping -= dropped;
      have -= dropped;
      if (dropped === first.length) waiting.shift();
      else waiting[0] = first.subarray(dropped);
    }
    if (!want || skipping > 0 || have < want.bytes) return;
    const { bytes, resolve } = want;
    const all = waiting.length === 1 && waiting[0] ? waiting[0] : Buffer.concat(waiting);
    want = null;
    have -= bytes;
    waiting = have > 0 ? [all.subarray(bytes)] : [];
    resolve(all.subarray(0, bytes));
  };
  channel.onData((chunk) => {
    waiting.push(chunk);
    have += chunk.length;
    serve();
  });
  channel.onEnd((error) => {
    failure = error;
    want?.reject(error);
  });
  return {
    take: (bytes: number) =>
      new Promise<Buffer>((resolve, reject) => {
        if (failure) return reject(failure);
        want = { bytes, resolve, reject };
        serve();
      }),
    skip: (bytes: number) => {
      skipping += bytes;
      serve();
    },
  };
}

const messages = { setEncodings: 2, updateRequest: 3, pointer: 5, setDesktopSize: 251 } as const;
const extendedDesktopSize = -308;
const reasonThisClient = 1;
const bytesPerPixel = 4;

export type Rfb = {
  /** Asks for the whole picture, changed or not. */
  requestPicture(): void;
  /** Reads one update to its last byte; `onHeader` is called before its pixels are read. Answers its bytes. */
  readUpdate(onHeader?: () => void): Promise<number>;
  /** One message to QEMU that it answers at once, without waiting for its next refresh. */
  echo(): Promise<void>;
  close(): void;
};

/** `withEcho`: tells QEMU that it may answer with sizes of the desktop. */
export async function openRfb(channel: Channel, { withEcho }: { withEcho: boolean }): Promise<Rfb> {
  const { take, skip } = createReader(channel);
  await take(12);
  channel.send(Buffer.from('RFB 003.008\n'));
  const [kinds = 0] = await take(1);
  await take(kinds);
  channel.send(Buffer.from([1]));
  await take(4);
  channel.send(Buffer.from([1]));
  const init = await take(24);
  const [width, height] = [init.readUInt16BE(0), init.readUInt16BE(2)];
  await take(init.readUInt32BE(20));
  channel.send(encodings(withEcho ? [0, extendedDesktopSize] : [0]));

  let onAnswer = (_toUs: boolean): void => {};
  const readRectangle = async (): Promise<number> => {
    const head = await take(12);
    const encoding = head.readInt32BE(8);
    if (encoding === extendedDesktopSize) {
      const [screens = 0] = await take(4);
      skip(16 * screens);
      onAnswer(head.readUInt16BE(0) === reasonThisClient);
      return 16 + 16 * screens;
    }
    if (encoding !== 0) throw new Error(`QEMU answered in the encoding ${encoding}`);
    const bytes = head.readUInt16BE(4) * head.readUInt16BE(6) * bytesPerPixel;
    skip(bytes);
    return 12 + bytes;
  };
  const readUpdate: Rfb['readUpdate'] = async (onHeader = () => {}) => {
    const [type] = await take(1);
    if (type !== 0) throw new Error(`QEMU sent the message ${type}`);
    const rectangles = (await take(3)).readUInt16BE(1);
    onHeader();
    let bytes = 4;
    for (let n = 0; n < rectangles; n++) bytes += await readRectangle();
    return bytes;
  };
  return {
    requestPicture: () => {
      channel.send(pictureRequest(width, height));
    },
    readUpdate,
    echo: async () => {
      let isAnswered = false;
      onAnswer = (toUs) => (isAnswered ||= toUs);
      channel.send(desktopSize(width, height));
      while (!isAnswered) await readUpdate();
    },
    close: () => channel.close(),
  };
}

function encodings(wanted: number[]): Buffer {
  const message = Buffer.alloc(4 + 4 * wanted.length);
  message.writeUInt8(messages.setEncodings, 0);
  message.writeUInt16BE(wanted.length, 2);
  wanted.forEach((encoding, n) => message.writeInt32BE(encoding, 4 + 4 * n));
  return message;
}

/** With a pointer that rests: QEMU refreshes a screen quickly only while somebody uses it. */
function pictureRequest(width: number, height: number): Buffer {
  const message = Buffer.alloc(16);
  message.writeUInt8(messages.updateRequest, 0);
  message.writeUInt16BE(width, 6);
  message.writeUInt16BE(height, 8);
  message.writeUInt8(messages.pointer, 10);
  return message;
}

function desktopSize(width: number, height: number): Buffer {
  const message = Buffer.alloc(24);
  message.writeUInt8(messages.setDesktopSize, 0);
  message.writeUInt16BE(width, 2);
  message.writeUInt16BE(height, 4);
  message.writeUInt8(1, 6);
  message.writeUInt16BE(width, 16);
  message.writeUInt16BE(height, 18);
  return message;
}
