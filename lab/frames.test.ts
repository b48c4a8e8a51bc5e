import { expect, it } from 'vitest';
import { createFrameReader, destinationOf, isMulticast, sourceOf } from './frames';

const frame = Buffer.from('0000000e 525400000002 525400000001 0800'.replaceAll(' ', ''), 'hex');

it.each([1, 3, 5, 18, 1_000])('finds frames in pieces of %d bytes', (pieceBytes) => {
  const found: string[] = [];
  const read = createFrameReader((message) => found.push(message.toString('hex')));
  const stream = Buffer.concat([frame, frame, frame, frame.subarray(0, 9)]);
  for (let at = 0; at < stream.length; at += pieceBytes) read(stream.subarray(at, at + pieceBytes));
  expect(found).toEqual(Array(3).fill(frame.toString('hex')));
});

it('tells who sends a frame to whom', () => {
  expect(destinationOf(frame)).toBe('525400000002');
  expect(sourceOf(frame)).toBe('525400000001');
  expect(isMulticast(frame)).toBe(false);
  expect(isMulticast(Buffer.from('0000000effffffffffff5254000000010806', 'hex'))).toBe(true);
});

it('refuses a length that no frame has', () => {
  expect(() => createFrameReader(() => undefined)(Buffer.from('ffffffff', 'hex'))).toThrow('A frame of');
});
