// A minimal VNC viewer (RFC 6143): handshake and one raw picture of the screen.
import type { Duplex } from 'node:stream';

export type Screen = { width: number; height: number; name: string; pixels: Buffer };

export async function takePicture(stream: Duplex): Promise<Screen> {
  const read = createReader(stream);
  const version = await read(12);
  stream.write(version);
  const types = await read((await read(1)).readUInt8());
  if (!types.includes(1)) throw new Error('The screen wants a password');
  stream.write(Buffer.from([1]));
  const refused = (await read(4)).readUInt32BE();
  if (refused !== 0) throw new Error('The screen refused the viewer');
  stream.write(Buffer.from([1]));
  const init = await read(24);
  const [width, height] = [init.readUInt16BE(0), init.readUInt16BE(2)];
  const bytesPerPixel = init.readUInt8(4) / 8;
  const name = (await read(init.readUInt32BE(20))).toString('utf8');
  const pixels = await readPicture({ stream, read, width, height, bytesPerPixel });
  return { width, height, name, pixels };
}

async function readPicture(request: {
  stream: Duplex;
  read: (bytes: number) => Promise<Buffer>;
  width: number;
  height: number;
  bytesPerPixel: number;
}): Promise<Buffer> {
  const { stream, read, width, height, bytesPerPixel } = request;
  const ask = Buffer.alloc(10);
  ask.writeUInt8(3, 0);
  ask.writeUInt16BE(width, 6);
  ask.writeUInt16BE(height, 8);
  stream.write(ask);
  const head = await read(4);
  const parts: Buffer[] = [];
  for (let rectangle = 0; rectangle < head.readUInt16BE(2); rectangle++) {
    const place = await read(12);
    parts.push(await read(place.readUInt16BE(4) * place.readUInt16BE(6) * bytesPerPixel));
  }
  return Buffer.concat(parts);
}

function createReader(stream: Duplex): (bytes: number) => Promise<Buffer> {
  let kept = Buffer.alloc(0);
  let wake = () => {};
  stream.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]);
    wake();
  });
  stream.on('close', () => wake());
  return async (bytes) => {
    while (kept.length < bytes) {
      if (stream.destroyed) throw new Error('The screen closed');
      await new Promise<void>((resolve) => (wake = resolve));
    }
    const taken = kept.subarray(0, bytes);
    kept = kept.subarray(bytes);
    return taken;
  };
}
