// A minimal RFB 3.8 server (RFC 6143) that paints a test picture: bars, and a cursor block that moves with every key.
// It speaks raw encoding and true-colour pixel formats only, which every viewer understands.
import type { Duplex } from 'node:stream';
import { createStreamPair } from '../console/stream-pair';

const width = 320;
const height = 200;
const barColours = [0xeceff4, 0xebcb8b, 0x88c0d0, 0xa3be8c, 0xb48ead, 0xbf616a, 0x5e81ac, 0x2e3440];
const blockSize = 20;

type PixelFormat = { bytes: number; bigEndian: boolean; max: number[]; shift: number[] };
const usualFormat: PixelFormat = { bytes: 4, bigEndian: false, max: [255, 255, 255], shift: [16, 8, 0] };

/** Opens a viewer's end of a screen that shows `name` as the desktop's title. */
export function openScreen(name: string): Duplex {
  const { inside, outside } = createStreamPair();
  const screen = { format: usualFormat, keys: 0, waiting: false, changed: false };
  let buffered = Buffer.alloc(0);
  let stage: 'version' | 'security' | 'init' | 'messages' = 'version';

  const paint = () => {
    screen.waiting = false;
    screen.changed = false;
    inside.write(picture(screen.format, screen.keys));
  };
  const handshake = (): number => {
    if (stage === 'version') return advance(12, 'security', Buffer.from([1, 1]));
    if (stage === 'security') return advance(1, 'init', Buffer.alloc(4));
    return advance(1, 'messages', serverInit(name));
  };
  const advance = (bytes: number, next: typeof stage, answer: Buffer): number => {
    if (buffered.length < bytes) return 0;
    stage = next;
    inside.write(answer);
    return bytes;
  };
  const message = (): number => {
    const bytes = lengthOfMessage(buffered);
    if (bytes < 0) inside.destroy();
    if (bytes <= 0 || buffered.length < bytes) return 0;
    const type = buffered[0];
    if (type === 0) screen.format = readFormat(buffered);
    if (type === 3) {
      const incremental = buffered[1] === 1;
      screen.waiting = true;
      if (!incremental) screen.changed = true;
    }
    if (type === 4 && buffered[1] === 1) {
      screen.keys += 1;
      screen.changed = true;
    }
    if (screen.waiting && screen.changed) paint();
    return bytes;
  };

  inside.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    for (;;) {
      if (buffered.length === 0) return;
      const used = stage === 'messages' ? message() : handshake();
      if (used === 0) return;
      buffered = buffered.subarray(used);
    }
  });
  inside.write('RFB 003.008\n');
  return outside;
}

/** The length of the message that starts the buffer; 0 while that cannot be told, -1 for one that nobody sends. */
function lengthOfMessage(buffered: Buffer): number {
  const fixed = { 0: 20, 3: 10, 4: 8, 5: 6 }[buffered[0] ?? -1];
  if (fixed) return fixed;
  if (buffered[0] === 2) return buffered.length < 4 ? 0 : 4 + 4 * buffered.readUInt16BE(2);
  if (buffered[0] === 6) return buffered.length < 8 ? 0 : 8 + Math.min(buffered.readUInt32BE(4), 1024 * 1024);
  return -1;
}

function readFormat(message: Buffer): PixelFormat {
  const max = [8, 10, 12].map((at) => message.readUInt16BE(at));
  const shift = [14, 15, 16].map((at) => message.readUInt8(at));
  return { bytes: message.readUInt8(4) / 8, bigEndian: message.readUInt8(6) !== 0, max, shift };
}

function serverInit(name: string): Buffer {
  const title = Buffer.from(name);
  const init = Buffer.alloc(24);
  init.writeUInt16BE(width, 0);
  init.writeUInt16BE(height, 2);
  init.set([32, 24, 0, 1], 4);
  [255, 255, 255].forEach((max, index) => init.writeUInt16BE(max, 8 + 2 * index));
  init.set([16, 8, 0], 14);
  init.writeUInt32BE(title.length, 20);
  return Buffer.concat([init, title]);
}

function picture(format: PixelFormat, keys: number): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt16BE(1, 2);
  head.writeUInt16BE(width, 8);
  head.writeUInt16BE(height, 10);
  const pixels = Buffer.alloc(width * height * format.bytes);
  const colours = [...barColours, 0xffffff].map((colour) => encode(colour, format));
  const blockX = (keys * blockSize) % width;
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const inBlock = x >= blockX && x < blockX + blockSize && y >= height - blockSize;
      const colour = colours[inBlock ? barColours.length : Math.floor((x * barColours.length) / width)];
      colour?.copy(pixels, (y * width + x) * format.bytes);
    }
  return Buffer.concat([head, pixels]);
}

function encode(colour: number, { bytes, bigEndian, max, shift }: PixelFormat): Buffer {
  const value = [16, 8, 0].reduce((sum, from, index) => {
    const part = Math.round((((colour >> from) & 255) * (max[index] ?? 0)) / 255);
    return sum + part * 2 ** (shift[index] ?? 0);
  }, 0);
  const pixel = Buffer.alloc(bytes);
  if (bigEndian) pixel.writeUIntBE(value, 0, bytes);
  else pixel.writeUIntLE(value, 0, bytes);
  return pixel;
}
