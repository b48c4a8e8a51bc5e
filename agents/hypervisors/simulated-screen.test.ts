import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { openScreen } from './simulated-screen';

const pictureBytes = 320 * 200 * 4;
const updateRequest = (incremental: boolean) =>
  Buffer.from([3, incremental ? 1 : 0, 0, 0, 0, 0, 1, 64, 0, 200]);
const key = Buffer.from([4, 1, 0, 0, 0, 0, 0, 65]);

function reader(stream: Duplex) {
  return async (bytes: number): Promise<Buffer> => {
    for (;;) {
      const chunk: unknown = stream.read(bytes);
      if (Buffer.isBuffer(chunk)) return chunk;
      await once(stream, 'readable');
    }
  };
}

it('paints its picture for a viewer, and again when a key was pressed', async () => {
  const screen = openScreen('web1');
  const read = reader(screen);
  expect(String(await read(12))).toBe('RFB 003.008\n');
  screen.write('RFB 003.008\n');
  expect([...(await read(2))]).toEqual([1, 1]);
  screen.write(Buffer.from([1]));
  expect([...(await read(4))]).toEqual([0, 0, 0, 0]);
  screen.write(Buffer.from([1]));
  const init = await read(24 + 4);
  expect([init.readUInt16BE(0), init.readUInt16BE(2), String(init.subarray(24))]).toEqual([320, 200, 'web1']);
  screen.write(updateRequest(false));
  const first = await read(16 + pictureBytes);
  screen.write(updateRequest(true));
  screen.write(key);
  const second = await read(16 + pictureBytes);
  expect(first.subarray(0, 16)).toEqual(second.subarray(0, 16));
  expect(first.equals(second)).toBe(false);
  expect(new Set(first.subarray(16)).size).toBeGreaterThan(8);
  screen.destroy();
});

it('closes on a viewer that does not speak RFB', async () => {
  const screen = openScreen('web1');
  screen.resume();
  screen.write(Buffer.concat([Buffer.from('RFB 003.008\n'), Buffer.from([1, 1]), Buffer.from([200])]));
  await once(screen, 'close');
});
